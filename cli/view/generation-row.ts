import type { GenerationSummary } from '../../client/api.ts'
import { nameOf } from '../../client/workload.ts'

export const generationHeadings = ['GENERATION', 'WRITTEN', 'BY', 'OPERATION', 'OUTCOME', 'CHANGES'] as const

/** One generation of a spec as a table row. */
export function generationRow(generation: GenerationSummary): string[] {
  const { writtenAt, writtenBy, operationId, operationStatus } = generation
  return [
    String(generation.generation),
    writtenAt,
    writtenBy,
    operationId,
    operationStatus ?? 'unknown',
    changesIn(generation),
  ]
}

const mostShown = 4

/** "added default/reader, webhook.image": the changes since the previous generation. */
function changesIn({ generation, changes }: GenerationSummary): string {
  if (!changes) return 'unknown'
  const { added, removed, changed, fields } = changes
  if (generation === 1) return `first spec, ${added.length} ${added.length === 1 ? 'workload' : 'workloads'}`
  const all = [
    ...added.map((one) => `added ${nameOf(one)}`),
    ...removed.map((one) => `removed ${nameOf(one)}`),
    ...changed.map((one) => `changed ${nameOf(one)}`),
    ...fields,
  ]
  if (all.length === 0) return 'nothing that you may see'
  const rest = all.length - mostShown
  return [...all.slice(0, mostShown), ...(rest > 0 ? [`${rest} more`] : [])].join(', ')
}
