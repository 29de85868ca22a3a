import type { Fault, MemoryFaults } from '../../../sandbox/faults.ts'
import type { System } from '../../e2e/support/system.ts'
import type { Cell } from './cells.ts'
import { orderOf } from './kinds.ts'
import { patternsFor } from './outside-calls.ts'

export interface Armed {
  /** Removes the fault. Returns when calls have met it, in milliseconds since the epoch. */
  disarm(): Promise<readonly number[]>
}

/** The faults skip the webhook's pods, which make some of the product's calls. They would not become ready, and fail the operation. */
const webhook = '*:pod-identity-webhook'

/** Injects the cell's fault into the calls of one cluster. */
export async function armed({ sandbox }: System, cluster: string, { call, fault, often }: Cell): Promise<Armed> {
  const order = { ...patternsFor(call, cluster), ...orderOf(fault, often) }
  const { aws, google, kubernetes } = sandbox
  if (call.server === 'aws') {
    await aws.faults.add(order)
    return { disarm: () => aws.faults.remove(order) }
  }
  if (call.server === 'google') return armedIn(google.faults, order)
  if (call.server === 'management') return armedIn(kubernetes.management.faults, order)
  return armedInCluster(sandbox, cluster, { ...order, notBy: webhook })
}

function armedIn(faults: MemoryFaults, order: Fault): Armed {
  faults.add(order)
  return { disarm: async () => faults.remove(order) }
}

/** The server of a cluster that the operation creates exists only later. */
function armedInCluster({ kubernetes }: System['sandbox'], name: string, order: Fault): Armed {
  const existing = kubernetes.cluster(name)
  if (existing) return armedIn(existing.faults, order)
  let made: Armed | undefined
  kubernetes.onClusterUp((up) => {
    const cluster = up === name ? kubernetes.cluster(name) : undefined
    if (cluster) made ??= armedIn(cluster.faults, order)
  })
  return { disarm: async () => made?.disarm() ?? [] }
}
