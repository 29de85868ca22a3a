import { leaveLockOfEnded } from './ended.ts'
import type { PreparedRequest } from './requests.ts'
import type { World } from './world.ts'

type Preparation = (world: World, resource: string) => Promise<PreparedRequest>

const send = ({ system }: World, path: string, key?: string) =>
  fetch(system.api + path, { method: 'DELETE', headers: key === undefined ? {} : { 'idempotency-key': key } })

const listing = 'dryRun=true'
const mistyped = '/v1/clusters/mistyped'

export const clusterOf = ({ cluster }: World) => `/v1/clusters/${cluster.name}`
export const workloadOf = (world: World) => `${clusterOf(world)}/workloads/default/s3-reader`

/** What the start of a teardown needs its permissions for. Only where it is refused at its start it is no dry run. */
function tearingDown(of: string, pathOf: (world: World) => string): Record<string, Preparation> {
  const listed = (world: World, key?: string) => send(world, `${pathOf(world)}?${listing}`, key)
  /** The lock is with an operation that has ended: the teardown takes it over, and is refused before it begins. */
  const overALeftLock: Preparation = async (world, resource) => {
    const undo = await leaveLockOfEnded(world, resource)
    return { send: () => send(world, pathOf(world)), undo }
  }
  return {
    [of]: async (world) => ({ send: () => listed(world) }),
    [`${of} dynamodb:BatchGetItem`]: async (world) => ({ send: () => listed(world, `${of}-needs-get-item`) }),
    [`${of} dynamodb:DeleteItem`]: overALeftLock,
    [`${of} states:DescribeExecution`]: overALeftLock,
    [`${of} dynamodb:Query`]: async (world, resource) => {
      const path = resource.includes('/index/') ? mistyped : pathOf(world)
      return { send: () => send(world, `${path}?${listing}`) }
    },
  }
}

export const teardownRequests: Readonly<Record<string, Preparation>> = {
  ...tearingDown('tear-down-cluster', clusterOf),
  ...tearingDown('tear-down-workload', workloadOf),
  // It looks for the workload after the cluster, in the same query: by a cluster of which it has none.
  'tear-down-workload dynamodb:Query': async (world, resource) => {
    const path = resource.includes('/index/') ? `${mistyped}/workloads/default/s3-reader` : workloadOf(world)
    return { send: () => send(world, `${path}?${listing}`) }
  },
}
