/** The table of docs/claims.md, as Markdown. */
import { claimKinds } from '../../lambdas/claims/kinds.ts'
import { type Cells, type Column, cells, columns } from './cells.ts'

/** A row for each kind and step, in the order of the kinds. */
export function claimTable(files: Cells = cells): string {
  const steps = Object.values(files).flatMap((rows) => Object.entries(rows))
  const rows = claimKinds.flatMap((kind) =>
    steps.flatMap(([step, { [kind]: row }]) => (row ? [[kind, step, ...textsOf(row)]] : [])),
  )
  const head = ['kind', 'step', ...Object.values(columns)]
  const [titles = '', ...lines] = [head, ...rows].map((row) => `| ${row.join(' | ')} |`)
  return [titles, `|${'---|'.repeat(head.length)}`, ...lines].join('\n')
}

function textsOf(row: Readonly<Partial<Record<Column, string>>>): string[] {
  const texts: Record<Column, string> = { ...noTexts, ...row }
  return Object.values(texts)
}

/** In the order of the columns. */
const noTexts = { own: '—', another: '—', marked: '—', unmarked: '—', shared: '—', race: '—' }
