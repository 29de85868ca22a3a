import { type TeardownFacts, teardownFacts } from '../../cluster/place.ts'
import { listOperations, readOperation } from '../../operations/operations.ts'
import type { ClusterItem, OperationItem } from '../../operations/record.ts'

/** A cluster whose setups keep failing has been found ready by one of the last, or never was. */
const mostOperations = 10

/** Where operations have looked at their cluster. */
const steps = { setup: 'CheckCluster', teardown: 'LookForCluster' } as const

type Kind = keyof typeof steps
type Looked = OperationItem & { readonly kind: Kind }

/**
 * What CheckCluster has found of the cluster: as recorded with the cluster, or when no setup has gone to its end by the
 * newest that has come so far, or what an earlier teardown has seen of it. Where it is, by whoever has seen that very cluster
 * last. Undefined when nobody has.
 */
export async function readCheckedFacts(item: ClusterItem): Promise<TeardownFacts | undefined> {
  const [setups, teardowns] = await Promise.all([looksOf(item, 'setup'), looksOf(item, 'teardown')])
  const recorded = teardownFacts.safeParse(item.is?.facts).data
  // A teardown has seen a cluster that never was ready, and deleted it.
  if (!recorded) return newestOf([...setups, ...teardowns], () => true)
  const all = [...setups, ...teardowns].toSorted((a, b) => b.createdAt.localeCompare(a.createdAt))
  const seen = await newestOf(all, ({ issuerUrl }) => issuerUrl === recorded.issuerUrl)
  return { ...recorded, ...(seen?.foundAt && { foundAt: seen.foundAt }) }
}

async function looksOf({ cluster, createdAt }: ClusterItem, kind: Kind): Promise<Looked[]> {
  const operations = await listOperations({ cluster, kind, limit: mostOperations })
  // Those before are of a cluster of the name that was taken away.
  return operations.filter((one) => one.createdAt >= createdAt).map((one) => ({ ...one, kind }))
}

/** What the first of the operations has found that is wanted: one is read after the other, since most often the first has. */
async function newestOf(
  operations: readonly Looked[],
  isWanted: (facts: TeardownFacts) => boolean,
): Promise<TeardownFacts | undefined> {
  for (const { operationId, kind } of operations) {
    const operation = await readOperation(operationId)
    const looked = operation?.steps.find(({ state, status }) => state === steps[kind] && status === 'succeeded')
    const facts = teardownFacts.safeParse(looked?.output).data
    if (facts && isWanted(facts)) return facts
  }
  return undefined
}
