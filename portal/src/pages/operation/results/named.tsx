import type { ReactNode } from 'react'
import { Rows } from '../../../parts/rows.tsx'

export interface NamedRow {
  readonly object: string
  readonly detail: ReactNode
}

interface NamedProps {
  readonly title: string
  readonly columns: Readonly<Record<keyof NamedRow, string>>
  readonly rows: readonly NamedRow[]
}

/** Objects with one detail each. Empty without objects. */
export function Named({ title, columns, rows }: NamedProps) {
  if (rows.length === 0) return null
  return (
    <Rows
      title={title}
      count={rows.length}
      rows={rows}
      columns={[
        { id: 'object', header: columns.object, isRowHeader: true, minWidth: 240, cell: ({ object }) => object },
        { id: 'detail', header: columns.detail, minWidth: 240, cell: ({ detail }) => detail },
      ]}
    />
  )
}
