/**
 * What came of the attempt to start an operation of one cluster. `busy`: another operation is changing the cluster. `started before`:
 * by an earlier call for the same time.
 */
export type Attempted = 'started' | 'started before' | 'busy' | 'left out' | 'failed'

interface Means {
  readonly attempt: (cluster: string) => Promise<Attempted>
  /** @param milliseconds for how long to wait */
  readonly wait: (milliseconds: number) => Promise<void>
}

/**
 * Milliseconds between two starts. A drift of five workloads takes some ten seconds and calls some twenty functions, so that with
 * 200 clusters a few run at a time, and not 200: all functions of an account share its concurrent executions.
 */
const betweenMs = 2_000
/** Milliseconds in which all are started. With more clusters there is less time between two. */
const allMs = 8 * 60_000
/** A rotation holds a cluster for less than a minute. A cluster that is made may be held for an hour. */
const rounds = 5
const betweenRoundsMs = 30_000

/**
 * Attempts to start an operation of each cluster, one after the other, and tries those that were busy again some times. It takes ten
 * minutes and what the attempts take.
 */
export async function inTurn(
  clusters: readonly string[],
  { attempt, wait }: Means,
): Promise<Readonly<Record<Attempted, readonly string[]>>> {
  const pause = Math.min(betweenMs, allMs / clusters.length)
  const came = new Map<string, Attempted>()
  let left = clusters
  for (let round = 1; left.length > 0; round++) {
    let previous: Attempted | undefined
    for (const cluster of left) {
      if (previous === 'started') await wait(pause)
      previous = await attempt(cluster)
      came.set(cluster, previous)
    }
    left = round < rounds ? left.filter((cluster) => came.get(cluster) === 'busy') : []
    if (left.length > 0) await wait(betweenRoundsMs)
  }
  const of = (outcome: Attempted) => clusters.filter((cluster) => came.get(cluster) === outcome)
  return {
    started: of('started'),
    'started before': of('started before'),
    busy: of('busy'),
    'left out': of('left out'),
    failed: of('failed'),
  }
}
