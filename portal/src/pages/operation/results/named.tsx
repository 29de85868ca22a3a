import Alert, { type AlertProps } from '@cloudscape-design/components/alert'
import type { ReactNode } from 'react'
import { Rows } from '../../../parts/rows.tsx'

interface NamedRow {
  readonly object: string
  readonly detail: ReactNode
}

interface NamedProps {
  readonly title: string
  readonly columns: Readonly<Record<keyof NamedRow, string>>
  readonly rows: readonly NamedRow[]
}

/** Objects with one detail each. Shows nothing if there are no objects. */
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

interface Problem {
  readonly object: string
  readonly reason: string
  readonly action: string
}

interface ProblemsProps {
  readonly title: string
  readonly problems: readonly Problem[]
  readonly type: AlertProps.Type
}

export function Problems({ title, problems, type }: ProblemsProps) {
  return problems.map(({ object, reason, action }) => (
    <Alert key={object + reason} type={type} header={`${title}: ${object}`}>
      <div>{reason}</div>
      <div>{action}</div>
    </Alert>
  ))
}
