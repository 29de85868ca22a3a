/** One part of the results, as Markdown. */
export interface Part {
  readonly title: string
  readonly text: string
  /** The page with the results. Default: RESULTS.md. */
  readonly page?: 'RESULTS.md' | 'AGENT.md'
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

/** `median (fastest)`, each with this number of decimals. */
export function times(values: readonly number[], digits = 0): string {
  return `${median(values).toFixed(digits)} (${Math.min(...values).toFixed(digits)})`
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map((_, column) => (column === 0 ? '---' : '---:')), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n')
}

/** A table with left-aligned text columns. */
export function textTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return table(head, rows).replaceAll(' ---: ', ' --- ')
}

/** Escapes a text for one cell of a table. */
export function inCell(text: string): string {
  return text.replace(/\s*[|\n]\s*/g, '; ')
}
