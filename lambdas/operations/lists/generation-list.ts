import { all, where } from '../record/expression.ts'
import { type GenerationItem, generationItem, type OperationItem, operationItem } from '../record/record.ts'
import { getItem, getItems, keys, queryItems } from '../record/table.ts'

/** Returns the generations of a cluster that precede `before`, newest first. An unknown cluster has none. */
export async function listGenerations(
  cluster: string,
  { before, limit }: { readonly before?: number | undefined; readonly limit: number },
): Promise<GenerationItem[]> {
  const { pk, sk } = keys.generation(cluster, before ?? 0)
  const key = all(where`pk = ${pk}`, before === undefined ? undefined : where`sk < ${sk}`)
  const items = await queryItems(key, { backwards: true, pageSize: limit }, limit)
  return items.map((item) => generationItem.parse(item))
}

/** Returns a generation of a cluster, or undefined when it is not stored. */
export async function readGeneration(cluster: string, generation: number): Promise<GenerationItem | undefined> {
  const item = await getItem(keys.generation(cluster, generation))
  return item === undefined ? undefined : generationItem.parse(item)
}

/** Returns the operations of the generations, by operation ID. Expired operations are absent. */
export async function operationsOf(
  generations: readonly GenerationItem[],
): Promise<ReadonlyMap<string, OperationItem>> {
  const items = await getItems(generations.map(({ operationId }) => keys.operation(operationId)))
  const operations = items.flatMap((item) => (item ? [operationItem.parse(item)] : []))
  return new Map(operations.map((operation) => [operation.operationId, operation]))
}
