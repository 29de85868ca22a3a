import { afterAll, beforeAll } from 'vitest'
import { type Clusters, startClusters } from './clusters.ts'

export type ReachableClusters = Omit<Clusters, 'end'>

/** Clusters for the tests of a file. Call it at the top of the file. */
export function reachableClusters(): ReachableClusters {
  let started: Clusters
  beforeAll(async () => {
    started = await startClusters()
  })
  afterAll(() => started?.end())
  return {
    get internet() {
      return started.internet
    },
    get bastion() {
      return started.bastion
    },
    start: (name, options) => started.start(name, options),
    emulate: (name, options) => started.emulate(name, options),
  }
}
