import type * as z from 'zod/mini'
import type { ClusterItem } from '../../domain/record.ts'
import { teardownFacts } from '../../domain/teardown.ts'
import { listOperations, readOperation } from './operations.ts'

type Facts = z.output<typeof teardownFacts>

/** A cluster whose setups keep failing has been found ready by one of the last, or never was. */
const mostSetups = 10

/**
 * What CheckCluster has found of the cluster: as recorded with the cluster, or when no setup has gone to its end by the
 * newest that has come so far. Undefined when none has.
 */
export async function readCheckedFacts({ cluster, is }: ClusterItem): Promise<Facts | undefined> {
  const recorded = teardownFacts.safeParse(is?.facts)
  if (recorded.success) return recorded.data
  for (const { operationId } of await listOperations({ cluster, kind: 'setup', limit: mostSetups })) {
    const operation = await readOperation(operationId)
    const checked = operation?.steps.find(({ state, status }) => state === 'CheckCluster' && status === 'succeeded')
    const facts = teardownFacts.safeParse(checked?.output)
    if (facts.success) return facts.data
  }
  return undefined
}
