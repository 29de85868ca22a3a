import { ownCluster } from '../../e2e/support/requests.ts'
import { leaveOperation } from '../../e2e/support/runs/lost-operation.ts'
import { kindOf, leaveLockOfEnded } from './ended.ts'
import type { Fixture } from './fixture.ts'
import { hostedCluster } from './hosted.ts'
import { deleteLock } from './record.ts'
import { keysOf, slowRefresh } from './signing-keys.ts'

/** A request to the API that needs the permission. */
export interface PreparedRequest {
  readonly send: () => Promise<Response>
  /** Undoes the preparation. */
  readonly undo?: () => Promise<unknown>
}

/** By function, and by function and action where the action needs another request. */
export const requests: Readonly<Record<string, Preparation>> = {
  read: async (fixture, resource) => {
    if (!resource.includes('/index/')) return { send: () => get(fixture, `/v1/clusters/${fixture.cluster.name}`) }
    return { send: () => get(fixture, `/v1/operations${listQueryOf(resource, fixture)}`) }
  },
  start: async (fixture) => ({ send: () => setUp(fixture) }),
  'start dynamodb:BatchGetItem': async (fixture) => ({ send: () => setUp(fixture, 'needs-get-item') }),
  'start dynamodb:Query': async (fixture, resource) => {
    if (resource.includes('/index/')) return { send: () => fixture.system.postTo(driftOf('mistyped'), {}) }
    const first = await setUp(fixture, 'needs-query')
    await fixture.system.ended(first.headers.get('location') ?? '')
    return { send: () => setUp(fixture, 'needs-query') }
  },
  'start dynamodb:DeleteItem': withStaleLock,
  'start states:DescribeExecution': withStaleLock,
  'start states:StartExecution': async (fixture, resource) => {
    const prepare = starts[resource.split(':').at(-1) ?? '']
    if (!prepare) throw new Error(`no request starts ${resource}`)
    return prepare(fixture)
  },
  'cancel states:DescribeExecution': cancelLost,
  // A running step of a waiting setup could hold the lock. A lost operation has no steps.
  'cancel dynamodb:DeleteItem': (fixture, resource) => cancelLost(fixture, resource, 'lost'),
  cancel: async (fixture, resource) => {
    const { kubernetes } = fixture.system.sandbox
    const provisioningMs = kubernetes.provisioningMs
    const location = await operationToCancel(fixture, resource)
    const send = () => fetch(`${fixture.system.api}${location}/cancel`, { method: 'POST' })
    const undo = async () => {
      await send()
      await fixture.system.ended(location)
      // An upgrade or a rotation locks its cluster for as long as its last step may run.
      await deleteLock(fixture.system, fixture.cluster.name)
      kubernetes.provisioningMs = provisioningMs
    }
    return { send, undo }
  },
}

/** By the first kind of operation of each workflow. */
const starts: Readonly<Record<string, (fixture: Fixture) => Promise<PreparedRequest>>> = {
  setup: async (fixture) => ({
    send: () => setUp(fixture),
    undo: () => deleteLock(fixture.system, fixture.cluster.name),
  }),
  verification: async (fixture) => ({ send: () => fixture.system.postTo(verificationsOf(fixture.cluster.name), {}) }),
  plan: async (fixture) => ({ send: () => fixture.system.postTo('/v1/plans', fixture.body()) }),
  rotation: async (fixture) => ({ send: () => fixture.system.postTo('/v1/rotations', { dryRun: true }) }),
  'key-refresh': async ({ system }) => {
    const { name } = await hostedCluster(system)
    return { send: () => system.postTo(keysOf(name), {}), undo: () => deleteLock(system, name) }
  },
  teardown: async ({ system, cluster }) => ({ send: () => system.delete(`/v1/clusters/${cluster.name}?dryRun=true`) }),
}

const verificationsOf = (cluster: string) => `/v1/clusters/${cluster}/verifications`
const driftOf = (cluster: string) => `/v1/clusters/${cluster}/drift`

type Preparation = (fixture: Fixture, resource: string) => Promise<PreparedRequest>

function get({ system }: Fixture, path: string): Promise<Response> {
  return fetch(system.api + path)
}

function setUp(fixture: Fixture, key?: string): Promise<Response> {
  return fixture.system.postTo('/v1/setups', fixture.body(), key === undefined ? undefined : { 'idempotency-key': key })
}

/** The setup acquires the lock of an ended operation. */
async function withStaleLock(fixture: Fixture, resource: string): Promise<PreparedRequest> {
  const undo = await leaveLockOfEnded(fixture, resource)
  return { send: () => setUp(fixture), undo }
}

/** A query that reads the index of the resource. */
function listQueryOf(resource: string, { cluster }: Fixture): string {
  if (resource.endsWith('by-cluster')) return `?cluster=${cluster.name}`
  return resource.endsWith('by-status') ? '?status=failed' : ''
}

function operationToCancel(fixture: Fixture, resource: string): Promise<string> {
  if (/verif/i.test(resource)) return slowVerification(fixture)
  if (/rotat/i.test(resource)) return slowRotation(fixture)
  if (/signing/i.test(resource)) return slowRefresh(fixture)
  if (/teardown/i.test(resource)) return slowTeardown(fixture)
  return /compar/i.test(resource) ? slowDrift(fixture) : waitingOperation(fixture)
}

/** Cancels an operation with a lost execution, which has the lock of `cluster` if it is given. */
async function cancelLost({ system }: Fixture, resource: string, cluster?: string) {
  const operationId = await leaveOperation(system, { kind: kindOf(resource), ...(cluster && { cluster }) })
  return { send: () => fetch(`${system.api}/v1/operations/${operationId}/cancel`, { method: 'POST' }) }
}

/** A rotation that takes long enough to be cancelled. */
async function slowRotation({ system }: Fixture): Promise<string> {
  const slow = { operation: 'iam:GetOpenIDConnectProvider', actor: '*RotateThumbprints*', delayMs: 5000 }
  await system.sandbox.aws.faults.add({ kind: 'unavailable', ...slow, times: 1 })
  const location = await system.send('/v1/rotations', {})
  await system.until(location, ({ steps }) => steps.some(({ state }) => state === 'RotateThumbprints'))
  return location
}

/** A drift that takes long enough to be cancelled. */
async function slowDrift({ system, cluster }: Fixture): Promise<string> {
  const slow = { operation: 'iam:ListAttachedRolePolicies', actor: '*CreateRole*', delayMs: 5000 }
  await system.sandbox.aws.faults.add({ kind: 'unavailable', ...slow, times: 1 })
  const location = await system.send(driftOf(cluster.name), {})
  await system.until(location, ({ steps }) => steps.some(({ state }) => state === 'CreateRole'))
  return location
}

/** A dry run of a teardown that takes long enough to be cancelled. */
async function slowTeardown({ system, cluster }: Fixture): Promise<string> {
  const slow = { operation: 'iam:ListAttachedRolePolicies', actor: '*DeleteRole*', delayMs: 5000 }
  await system.sandbox.aws.faults.add({ kind: 'unavailable', ...slow, times: 1 })
  const response = await system.delete(`/v1/clusters/${cluster.name}?dryRun=true`)
  const location = response.headers.get('location') ?? ''
  await system.until(location, ({ steps }) => steps.some(({ state }) => state === 'DeleteRole'))
  return location
}

/** A verification whose proof takes long enough to be cancelled. */
async function slowVerification({ system, cluster }: Fixture): Promise<string> {
  const slow = { operation: 'iam:ListAttachedRolePolicies', actor: '*Verify*', delayMs: 5000 }
  await system.sandbox.aws.faults.add({ kind: 'unavailable', ...slow, times: 1 })
  const location = await system.send(verificationsOf(cluster.name), {})
  await system.until(location, ({ steps }) => steps.some(({ state }) => state === 'Verify'))
  return location
}

/** A setup that waits for its cluster until the test lowers `provisioningMs`. */
async function waitingOperation({ system }: Fixture): Promise<string> {
  system.sandbox.kubernetes.provisioningMs = Number.POSITIVE_INFINITY
  const cluster = await ownCluster(system, 'cancelled')
  const location = await system.start(cluster.body({ 'cluster.nodePools.0.name': `${cluster.name}-pool` }))
  await system.until(location, ({ steps }) => steps.some(({ status }) => status === 'waiting'))
  return location
}
