import type { ClusterItem } from '../../domain/record.ts'
import { type TeardownFacts, teardownFacts } from '../../domain/teardown.ts'
import { listOperations, readOperation } from './operations.ts'

/** A cluster whose setups keep failing has been found ready by one of the last, or never was. */
const mostOperations = 10

/** Who has looked at the cluster, setups first: a cluster that never was ready is deleted by the teardown that saw what it publishes. */
const looks = [
  { kind: 'setup', step: 'CheckCluster' },
  { kind: 'teardown', step: 'LookForCluster' },
] as const

/**
 * What CheckCluster has found of the cluster: as recorded with the cluster, or when no setup has gone to its end by the
 * newest that has come so far, or what an earlier teardown has seen of it. Undefined when none has.
 */
export async function readCheckedFacts({ cluster, is, createdAt }: ClusterItem): Promise<TeardownFacts | undefined> {
  const recorded = teardownFacts.safeParse(is?.facts)
  if (recorded.success) return recorded.data
  for (const { kind, step } of looks) {
    const operations = await listOperations({ cluster, kind, limit: mostOperations })
    // Those before are of a cluster of the name that was taken away.
    for (const { operationId } of operations.filter((one) => one.createdAt >= createdAt)) {
      const facts = await factsIn(operationId, step)
      if (facts) return facts
    }
  }
  return undefined
}

async function factsIn(operationId: string, step: string): Promise<TeardownFacts | undefined> {
  const operation = await readOperation(operationId)
  const looked = operation?.steps.find(({ state, status }) => state === step && status === 'succeeded')
  return teardownFacts.safeParse(looked?.output).data
}
