import { ownCluster } from '../../e2e/support/requests.ts'
import { leaveOperation } from '../../e2e/support/runs/lost-operation.ts'
import { kindOf, leaveLockOfEnded } from './ended.ts'
import { hostedCluster } from './hosted.ts'
import { deleteLock } from './record.ts'
import { keysOf, slowRefresh } from './signing-keys.ts'
import type { World } from './world.ts'

/** A call of the API that needs the permission. */
export interface PreparedRequest {
  readonly send: () => Promise<Response>
  /** Undoes what the next case must not find. */
  readonly undo?: () => Promise<unknown>
}

/** By function, and by function and action where the action needs a call of its own. */
export const requests: Readonly<Record<string, Preparation>> = {
  read: async (world, resource) => {
    if (!resource.includes('/index/')) return { send: () => get(world, `/v1/clusters/${world.cluster.name}`) }
    return { send: () => get(world, `/v1/operations${listQueryOf(resource, world)}`) }
  },
  start: async (world) => ({ send: () => setUp(world) }),
  'start dynamodb:BatchGetItem': async (world) => ({ send: () => setUp(world, 'needs-get-item') }),
  'start dynamodb:Query': async (world, resource) => {
    if (resource.includes('/index/')) return { send: () => world.system.postTo(driftOf('mistyped'), {}) }
    const first = await setUp(world, 'needs-query')
    await world.system.ended(first.headers.get('location') ?? '')
    return { send: () => setUp(world, 'needs-query') }
  },
  'start dynamodb:DeleteItem': overALeftLock,
  'start states:DescribeExecution': overALeftLock,
  'start states:StartExecution': async (world, resource) => {
    const prepare = starts[resource.split(':').at(-1) ?? '']
    if (!prepare) throw new Error(`there is no request that starts ${resource}`)
    return prepare(world)
  },
  'cancel states:DescribeExecution': cancelLeft,
  // No step of it can be running, which would keep the lock. A setup that waits may look at its cluster at this moment.
  'cancel dynamodb:DeleteItem': (world, resource) => cancelLeft(world, resource, 'lost'),
  cancel: async (world, resource) => {
    const { kubernetes } = world.system.sandbox
    const provisioningMs = kubernetes.provisioningMs
    const location = await operationToCancel(world, resource)
    const send = () => fetch(`${world.system.api}${location}/cancel`, { method: 'POST' })
    const undo = async () => {
      await send()
      await world.system.ended(location)
      // An upgrade or a rotation keeps its cluster for as long as its last step may run.
      await deleteLock(world.system, world.cluster.name)
      kubernetes.provisioningMs = provisioningMs
    }
    return { send, undo }
  },
}

/** By the first kind of operation of each workflow. */
const starts: Readonly<Record<string, (world: World) => Promise<PreparedRequest>>> = {
  setup: async (world) => ({ send: () => setUp(world), undo: () => deleteLock(world.system, world.cluster.name) }),
  verification: async (world) => ({ send: () => world.system.postTo(verificationsOf(world.cluster.name), {}) }),
  plan: async (world) => ({ send: () => world.system.postTo('/v1/plans', world.body()) }),
  rotation: async (world) => ({ send: () => world.system.postTo('/v1/rotations', { dryRun: true }) }),
  'key-refresh': async ({ system }) => {
    const { name } = await hostedCluster(system)
    return { send: () => system.postTo(keysOf(name), {}), undo: () => deleteLock(system, name) }
  },
  teardown: async ({ system, cluster }) => ({ send: () => system.delete(`/v1/clusters/${cluster.name}?dryRun=true`) }),
}

const verificationsOf = (cluster: string) => `/v1/clusters/${cluster}/verifications`
const driftOf = (cluster: string) => `/v1/clusters/${cluster}/drift`

type Preparation = (world: World, resource: string) => Promise<PreparedRequest>

function get({ system }: World, path: string): Promise<Response> {
  return fetch(system.api + path)
}

function setUp(world: World, key?: string): Promise<Response> {
  return world.system.postTo('/v1/setups', world.body(), key === undefined ? undefined : { 'idempotency-key': key })
}

/** The lock is with an operation that has ended: the setup takes it over. */
async function overALeftLock(world: World, resource: string): Promise<PreparedRequest> {
  const undo = await leaveLockOfEnded(world, resource)
  return { send: () => setUp(world), undo }
}

/** A query that reads the index of the resource. */
function listQueryOf(resource: string, { cluster }: World): string {
  if (resource.endsWith('by-cluster')) return `?cluster=${cluster.name}`
  return resource.endsWith('by-status') ? '?status=failed' : ''
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
