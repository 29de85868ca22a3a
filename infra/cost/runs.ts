/** What one execution does when all goes well, without polls and retries. test/infra/cost/runs.test.ts counts it in the definitions. */
import { batchSize } from '../definition/batches.ts'

export interface Run {
  readonly transitions: number
  /** Of functions. */
  readonly calls: number
}

/** What an execution does of itself, and for each of its items besides. */
export interface RunOf {
  readonly once: Run
  /** A workload; of a rotation a cluster with a webhook of ours, and of scheduled drifts a cluster. */
  readonly each: Run
  readonly batch?: Run
  /** In how many batches it does so many items. */
  readonly batches?: (items: number) => number
}

/** Clusters of a batch. lambdas/workflows/rotation/rotation.ts has the number, too. */
const clustersOfBatch = 15

export const runs = {
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
  /** Each drift, which is an operation of its own, is looked at once more after its start. */
  scheduledDrifts: {
    once: { transitions: 6, calls: 1 },
    each: { transitions: 8, calls: 2 },
    batch: { transitions: 3, calls: 0 },
    batches: batchesOfClusters,
  },
} as const satisfies Readonly<Record<string, RunOf>>

const none: Run = { transitions: 0, calls: 0 }

/** One execution with so many items, and those of its batches. */
export function runWith({ once, each, batch = none, batches: count = () => 0 }: RunOf, items: number): Run {
  const batches = count(items)
  return {
    transitions: once.transitions + items * each.transitions + batches * batch.transitions,
    calls: once.calls + items * each.calls + batches * batch.calls,
  }
}

function batchesOfClusters(clusters: number): number {
  return Math.ceil(clusters / clustersOfBatch)
}

/** In how many batches a workflow does so many workloads: none where one execution does all of them. */
export function batchesOf(items: number): number {
  return items > batchSize ? Math.ceil(items / batchSize) : 0
}
