/**
 * The state transitions and Lambda calls of one successful execution, without polls and retries.
 * test/infra/cost/execution-costs.test.ts compares these numbers with those of a run of the definitions.
 */
import { batchSize } from '../definition/batches.ts'

export interface ExecutionCost {
  readonly transitions: number
  readonly calls: number
}

/** The costs of an execution itself, and the additional costs of each of its items. */
export interface CostModel {
  readonly once: ExecutionCost
  /** The costs of one item: a workload, a cluster with our webhook (rotation), or a cluster (scheduled drifts). */
  readonly each: ExecutionCost
  readonly batch?: ExecutionCost
  /** The number of batches for a number of items. */
  readonly batches?: (items: number) => number
}

/** Clusters per batch. lambdas/workflows/rotation/rotation.ts has the same number. */
const clustersOfBatch = 15

export const costs = {
  setup: {
    once: { transitions: 25, calls: 9 },
    each: { transitions: 3, calls: 3 },
    batch: { transitions: 6, calls: 0 },
    batches: batchesOf,
  },
  drift: {
    once: { transitions: 26, calls: 8 },
    each: { transitions: 4, calls: 2 },
    batch: { transitions: 3, calls: 0 },
    batches: batchesOf,
  },
  verification: {
    once: { transitions: 7, calls: 2 },
    each: { transitions: 1, calls: 1 },
    batch: { transitions: 3, calls: 0 },
    batches: batchesOf,
  },
  rotation: {
    once: { transitions: 5, calls: 2 },
    each: { transitions: 17, calls: 7 },
    batch: { transitions: 3, calls: 0 },
    batches: batchesOfClusters,
  },
  /** Each drift is a separate operation, which the run checks once after its start. */
  scheduledDrifts: {
    once: { transitions: 6, calls: 1 },
    each: { transitions: 8, calls: 2 },
    batch: { transitions: 3, calls: 0 },
    batches: batchesOfClusters,
  },
} as const satisfies Readonly<Record<string, CostModel>>

const none: ExecutionCost = { transitions: 0, calls: 0 }

/** One execution with this number of items, and the executions of its batches. */
export function costOf(
  { once, each, batch = none, batches: count = () => 0 }: CostModel,
  items: number,
): ExecutionCost {
  const batches = count(items)
  return {
    transitions: once.transitions + items * each.transitions + batches * batch.transitions,
    calls: once.calls + items * each.calls + batches * batch.calls,
  }
}

function batchesOfClusters(clusters: number): number {
  return Math.ceil(clusters / clustersOfBatch)
}

/** The number of batches for a number of workloads. It is 0 when one execution does all of them. */
export function batchesOf(items: number): number {
  return items > batchSize ? Math.ceil(items / batchSize) : 0
}
