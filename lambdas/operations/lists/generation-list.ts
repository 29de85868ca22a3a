import { all, where } from '../record/expression.ts'
import { type GenerationItem, generationItem, type OperationItem, operationItem } from '../record/record.ts'
import { getItem, getItems, keys, queryItems } from '../record/table.ts'

/** The generations of a cluster before a generation, newest first; empty for a cluster that is not recorded. */
export async function listGenerations(
  cluster: string,
  { before, limit }: { readonly before?: number | undefined; readonly limit: number },
): Promise<GenerationItem[]> {
  const { pk, sk } = keys.generation(cluster, before ?? 0)
  const key = all(where`pk = ${pk}`, before === undefined ? undefined : where`sk < ${sk}`)
  const items = await queryItems(key, { backwards: true, pageSize: limit }, limit)
  return items.map((item) => generationItem.parse(item))
}

/** One generation of a cluster; undefined when it is not stored. */
export async function readGeneration(cluster: string, generation: number): Promise<GenerationItem | undefined> {
  const item = await getItem(keys.generation(cluster, generation))
  return item === undefined ? undefined : generationItem.parse(item)
}

/** The operations of generations by their IDs, with one call for each hundred. Expired operations are absent. */
export async function operationsOf(
  generations: readonly GenerationItem[],
): Promise<ReadonlyMap<string, OperationItem>> {
  const items = await getItems(generations.map(({ operationId }) => keys.operation(operationId)))
  const operations = items.flatMap((item) => (item ? [operationItem.parse(item)] : []))
  return new Map(operations.map((operation) => [operation.operationId, operation]))
}
