import type { Answer } from '../documents.ts'
import type { Output } from '../output.ts'

/** Rows below their headings, with each column as wide as its widest value. Empty without rows. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return []
  const all = [headings, ...rows]
  const widths = headings.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)))
  return all.map((row) =>
    row
      .map((value, column) => value.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

/** Entries as a table, or each as a JSON document. */
export function showTable<Entry extends Answer>(
  output: Output,
  entries: readonly Entry[],
  headings: readonly string[],
  rowOf: (entry: Entry) => readonly string[],
): void {
  if (output.isJson) for (const entry of entries) output.json(entry)
  else if (entries.length === 0) output.write('There are none.')
  else for (const line of table(headings, entries.map(rowOf))) output.write(line)
}
