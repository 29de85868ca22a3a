import { leaveOperation } from '../../e2e/support/lost-operation.ts'
import { ownCluster } from '../../e2e/support/requests.ts'
import { endedOperation, kindOf, leaveLockOfEnded } from './ended.ts'
import { deleteLock, leaveLockOfLost, leaveRotationLock } from './record.ts'
import { keyRequest, keyRequests, slowRefresh } from './signing-keys.ts'
import { teardownRequests } from './teardown-requests.ts'
import type { World } from './world.ts'

/** A call of the API that needs the permission. */
export interface PreparedRequest {
  readonly send: () => Promise<Response>
  /** Undoes what the next case must not find. */
  readonly undo?: () => Promise<unknown>
}

/** The workloads of the spec stay. */
const specOf = (world: World, query = '') => ({
  path: `/v1/clusters/${world.cluster.name}${query}`,
  body: world.body({ workloads: undefined }),
})

/** By operation, and by operation and action where the action needs a call of its own. */
export const requests: Readonly<Record<string, Preparation>> = {
  ...starting('start-setup', (world) => ({ path: '/v1/setups', body: world.body() })),
  ...starting('add-workload', (world) => ({
    path: workloadsOf(world.cluster.name),
    body: {
      namespace: 'default',
      serviceAccount: 's3-reader',
      role: { policyArns: ['arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'] },
    },
  })),
  ...starting('put-cluster', (world) => ({ method: 'PUT', ...specOf(world) })),
  'put-cluster states:StartExecution': async (world, resource) => {
    const { path, body } = specOf(world, /(plan|compare)$/.test(resource) ? '?dryRun=true' : '')
    return {
      send: () => world.system.putTo(path, body),
      undo: () => deleteLock(world.system, world.cluster.name),
    }
  },
  'add-workload dynamodb:Query': async (world, resource) => {
    if (!resource.includes('/index/')) return { send: () => world.system.postTo(workloadsOf(world.cluster.name), {}) }
    return { send: () => world.system.postTo(workloadsOf('mistyped'), {}) }
  },
  'start-verification': async (world) => ({
    send: () => world.system.postTo(verificationsOf(world.cluster.name), {}, { 'idempotency-key': 'verifies' }),
  }),
  'start-verification dynamodb:Query': async (world, resource) => {
    const name = resource.includes('/index/') ? 'mistyped' : world.cluster.name
    return { send: () => world.system.postTo(verificationsOf(name), {}) }
  },
  'start-verification dynamodb:PutItem': verifyWithoutKey,
  'start-verification dynamodb:UpdateItem': verifyWithoutKey,
  'start-verification states:StartExecution': verifyWithoutKey,
  'start-plan': async (world) => ({ send: () => world.system.postTo('/v1/plans', world.body()) }),
  'start-plan dynamodb:BatchGetItem': async (world) => ({ send: () => planWithKey(world, 'plan-needs-get-item') }),
  'start-plan dynamodb:Query': async (world) => {
    await planWithKey(world, 'plan-needs-query')
    return { send: () => planWithKey(world, 'plan-needs-query') }
  },
  'start-drift': async (world) => ({ send: () => world.system.postTo(driftOf(world.cluster.name), {}) }),
  'start-drift dynamodb:BatchGetItem': async (world) => ({
    send: () => world.system.postTo(driftOf(world.cluster.name), {}, { 'idempotency-key': 'drift-needs-get-item' }),
  }),
  'start-drift dynamodb:Query': async (world, resource) => {
    const name = resource.includes('/index/') ? 'mistyped' : world.cluster.name
    return { send: () => world.system.postTo(driftOf(name), {}) }
  },
  'start-rotation': async (world) => ({ send: () => world.system.postTo('/v1/rotations', { dryRun: true }) }),
  'start-rotation dynamodb:DeleteItem': overALeftRotation,
  'start-rotation states:DescribeExecution': overALeftRotation,
  'start-rotation dynamodb:BatchGetItem': async (world) => ({ send: () => rotateWithKey(world, 'needs-get-item') }),
  'start-rotation dynamodb:Query': async (world) => {
    await rotateWithKey(world, 'needs-query')
    return { send: () => rotateWithKey(world, 'needs-query') }
  },
  ...teardownRequests,
  ...starting('refresh-signing-keys', (world) => keyRequest(world, 'refresh')),
  ...starting('revoke-signing-key', (world) => keyRequest(world, 'revoke')),
  ...keyRequests,
  'list-operations': async (world, resource) => {
    const query = listQueryOf(resource, world)
    if (!resource.includes('/index/')) await leaveOperation(world.system, { kind: kindOf(resource) })
    return { send: () => fetch(`${world.system.api}/v1/operations${query}`) }
  },
  'list-operations states:DescribeExecution': async (world, resource) => {
    await leaveOperation(world.system, { kind: kindOf(resource) })
    return { send: () => fetch(`${world.system.api}/v1/operations?limit=1`) }
  },
  'get-operation states:DescribeExecution': async (world, resource) => {
    const operationId = await leaveOperation(world.system, { kind: kindOf(resource) })
    return { send: () => fetch(`${world.system.api}/v1/operations/${operationId}`) }
  },
  'cancel-operation states:DescribeExecution': cancelLeft,
  // No step of it can be running, which would keep the lock. A setup that waits may look at its cluster at this moment.
  'cancel-operation dynamodb:DeleteItem': (world, resource) => cancelLeft(world, resource, 'lost'),
  'get-cluster states:DescribeExecution': async ({ system, cluster }, resource) => {
    const undo = await leaveLockOfLost(system, cluster.name, resource)
    return { send: () => fetch(`${system.api}/v1/clusters/${cluster.name}`), undo }
  },
  'get-operation': async (world) => {
    const location = await endedOperation(world)
    return { send: () => fetch(world.system.api + location) }
  },
  'cancel-operation': async (world, resource) => {
    const { kubernetes } = world.system.sandbox
    const provisioningMs = kubernetes.provisioningMs
    const location = await operationToCancel(world, resource)
    const send = () => fetch(`${world.system.api}${location}/cancel`, { method: 'POST' })
    const undo = async () => {
      await send()
      await world.system.ended(location)
      kubernetes.provisioningMs = provisioningMs
    }
    return { send, undo }
  },
  'list-workloads': listLocked('/v1/workloads'),
  'list-clusters': listLocked('/v1/clusters'),
  'get-manifest': async (world, resource) => {
    const name = resource.includes('/index/') ? 'mistyped' : world.cluster.name
    return { send: () => fetch(`${world.system.api}/v1/clusters/${name}/workloads/default/s3-reader/manifest`) }
  },
  'get-rights': async (world, resource) => {
    const name = resource.includes('/index/') ? 'mistyped' : world.cluster.name
    return { send: () => fetch(`${world.system.api}/v1/clusters/${name}/rights`) }
  },
  'get-cluster': async (world, resource) => {
    const name = resource.includes('/index/') ? 'mistyped' : world.cluster.name
    return { send: () => fetch(`${world.system.api}/v1/clusters/${name}`) }
  },
  'list-generations': async (world, resource) => {
    const name = resource.includes('/index/') ? 'mistyped' : world.cluster.name
    return { send: () => fetch(`${world.system.api}/v1/clusters/${name}/generations`) }
  },
  'get-generation': async ({ system, cluster }) => ({
    send: () => fetch(`${system.api}/v1/clusters/${cluster.name}/generations/1`),
  }),
  // Only the refusal reads the cluster, and the names of others.
  'get-generation dynamodb:Query': async ({ system, cluster }, resource) => {
    const name = resource.includes('/index/') ? 'mistyped' : cluster.name
    return { send: () => fetch(`${system.api}/v1/clusters/${name}/generations/9999`) }
  },
}

/** A list that shows who holds the lock of a cluster: an operation whose execution is gone. */
function listLocked(path: string): Preparation {
  return async ({ system, cluster }, resource) => {
    const send = () => fetch(system.api + path)
    if (resource.includes('/index/')) return { send }
    return { send, undo: await leaveLockOfLost(system, cluster.name, resource) }
  }
}

const workloadsOf = (cluster: string) => `/v1/clusters/${cluster}/workloads`
const verificationsOf = (cluster: string) => `/v1/clusters/${cluster}/verifications`
const driftOf = (cluster: string) => `/v1/clusters/${cluster}/drift`

type Preparation = (world: World, resource: string) => Promise<PreparedRequest>
type Post = (world: World) => Posted | Promise<Posted>

interface Posted {
  /** POST when it is left out. */
  readonly method?: 'PUT'
  readonly path: string
  readonly body: unknown
  /** Left out: the world's own. */
  readonly cluster?: string
}

/** What starts a setup needs its permissions for. */
function starting(of: string, post: Post): Record<string, Preparation> {
  const send = async (world: World, key?: string) => {
    const { method, path, body } = await post(world)
    const headers = key === undefined ? undefined : { 'idempotency-key': key }
    return method ? world.system.putTo(path, body, headers) : world.system.postTo(path, body, headers)
  }
  const clusterOf = async (world: World) => (await post(world)).cluster ?? world.cluster.name
  const free = (world: World) => async () => deleteLock(world.system, await clusterOf(world))
  /** The lock is with an operation that has ended: the next setup takes it over. */
  const overALeftLock: Preparation = async (world, resource) => {
    const undo = await leaveLockOfEnded(world, resource, await clusterOf(world))
    return { send: () => send(world), undo }
  }
  return {
    [of]: async (world) => ({ send: () => send(world) }),
    [`${of} dynamodb:BatchGetItem`]: async (world) => ({ send: () => send(world, `${of}-needs-get-item`) }),
    [`${of} dynamodb:Query`]: async (world) => {
      const first = await send(world, `${of}-needs-query`)
      await world.system.ended(first.headers.get('location') ?? '')
      return { send: () => send(world, `${of}-needs-query`) }
    },
    [`${of} dynamodb:DeleteItem`]: overALeftLock,
    [`${of} states:DescribeExecution`]: overALeftLock,
    [`${of} states:StartExecution`]: async (world) => ({ send: () => send(world), undo: free(world) }),
  }
}

/** A query that reads the index of the resource. */
function listQueryOf(resource: string, { cluster }: World): string {
  if (resource.endsWith('by-cluster')) return `?cluster=${cluster.name}`
  return resource.endsWith('by-status') ? '?status=failed' : ''
}

async function verifyWithoutKey(world: World): Promise<PreparedRequest> {
  return { send: () => world.system.postTo(verificationsOf(world.cluster.name), {}) }
}

/** The lock of rotations is with one that is gone: the next one takes it over. */
async function overALeftRotation({ system }: World): Promise<PreparedRequest> {
  const undo = await leaveRotationLock(system)
  return { send: () => system.postTo('/v1/rotations', {}), undo }
}

function rotateWithKey(world: World, key: string): Promise<Response> {
  return world.system.postTo('/v1/rotations', { dryRun: true }, { 'idempotency-key': `rotation-${key}` })
}

function planWithKey(world: World, key: string): Promise<Response> {
  return world.system.postTo('/v1/plans', world.body(), { 'idempotency-key': key })
}

function operationToCancel(world: World, resource: string): Promise<string> {
  if (/verif/i.test(resource)) return slowVerification(world)
  if (/rotat/i.test(resource)) return slowRotation(world)
  if (/signing/i.test(resource)) return slowRefresh(world)
  if (/teardown/i.test(resource)) return slowTeardown(world)
  return /compar/i.test(resource) ? slowDrift(world) : waitingOperation(world)
}

/** Cancels an operation whose execution is gone, and which holds the lock of `cluster` if one is named. */
async function cancelLeft({ system }: World, resource: string, cluster?: string) {
  const operationId = await leaveOperation(system, { kind: kindOf(resource), ...(cluster && { cluster }) })
  return { send: () => fetch(`${system.api}/v1/operations/${operationId}/cancel`, { method: 'POST' }) }
}

/** A rotation that takes long enough to be cancelled. */
async function slowRotation({ system }: World): Promise<string> {
  const slow = { operation: 'iam:GetOpenIDConnectProvider', actor: '*RotateThumbprints*', delayMs: 5000 }
  await system.sandbox.aws.faults.add({ kind: 'unavailable', ...slow, times: 1 })
  const location = await system.send('/v1/rotations', {})
  await system.until(location, ({ steps }) => steps.some(({ state }) => state === 'RotateThumbprints'))
  return location
}

/** A drift that takes long enough to be cancelled. */
async function slowDrift({ system, cluster }: World): Promise<string> {
  const slow = { operation: 'iam:ListAttachedRolePolicies', actor: '*CreateRole*', delayMs: 5000 }
  await system.sandbox.aws.faults.add({ kind: 'unavailable', ...slow, times: 1 })
  const location = await system.send(driftOf(cluster.name), {})
  await system.until(location, ({ steps }) => steps.some(({ state }) => state === 'CreateRole'))
  return location
}

/** A dry run of a teardown that takes long enough to be cancelled. */
async function slowTeardown({ system, cluster }: World): Promise<string> {
  const slow = { operation: 'iam:ListAttachedRolePolicies', actor: '*DeleteRole*', delayMs: 5000 }
  await system.sandbox.aws.faults.add({ kind: 'unavailable', ...slow, times: 1 })
  const response = await system.delete(`/v1/clusters/${cluster.name}?dryRun=true`)
  const location = response.headers.get('location') ?? ''
  await system.until(location, ({ steps }) => steps.some(({ state }) => state === 'DeleteRole'))
  return location
}

/** A verification whose proof takes long enough to be cancelled. */
async function slowVerification({ system, cluster }: World): Promise<string> {
  const slow = { operation: 'iam:ListAttachedRolePolicies', actor: '*Verify*', delayMs: 5000 }
  await system.sandbox.aws.faults.add({ kind: 'unavailable', ...slow, times: 1 })
  const location = await system.send(verificationsOf(cluster.name), {})
  await system.until(location, ({ steps }) => steps.some(({ state }) => state === 'Verify'))
  return location
}

/** A setup that waits for its cluster, which does not come as long as new clusters take for ever. */
async function waitingOperation({ system }: World): Promise<string> {
  system.sandbox.kubernetes.provisioningMs = Number.POSITIVE_INFINITY
  const cluster = await ownCluster(system, 'cancelled')
  const location = await system.start(cluster.body({ 'cluster.nodePools.0.name': `${cluster.name}-pool` }))
  await system.until(location, ({ steps }) => steps.some(({ status }) => status === 'waiting'))
  return location
}
