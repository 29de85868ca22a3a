import type { GenerationSummary } from '../../../../../client/api.ts'
import { nameOf } from '../../../../../client/workload.ts'
import type { HistoryTexts } from './texts.ts'

/** The changes of a generation since the previous one. */
export function changesInWords({ generation, changes }: GenerationSummary, texts: HistoryTexts): string[] {
  if (!changes) return [texts.unknown]
  const { added, removed, changed, fields } = changes
  const words = [
    ...added.map((one) => texts.added(nameOf(one))),
    ...removed.map((one) => texts.removed(nameOf(one))),
    ...changed.map((one) => texts.changed(nameOf(one), one.fields.join(', '))),
  ]
  if (generation === 1) return [texts.first, ...words]
  const all = [...words, ...fields]
  return all.length > 0 ? all : [texts.nothingSeen]
}
