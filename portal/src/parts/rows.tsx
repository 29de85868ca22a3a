import './rows.css'
import Table, { type TableProps } from '@cloudscape-design/components/table'
import { lazy, Suspense, useSyncExternalStore } from 'react'

const Cards = lazy(() => import('./cards.tsx'))

/** Up to this width a table would need horizontal scrolling. */
const narrow = matchMedia('(width < 62rem)')

interface RowsProps<Row> extends Pick<TableProps<Row>, 'trackBy' | 'empty' | 'header' | 'filter' | 'footer'> {
  /** The column that names a row has `isRowHeader`. */
  readonly columns: readonly TableProps.ColumnDefinition<Row>[]
  readonly rows: readonly Row[]
  readonly label: string
}

/** A table with wrapping cells. In a narrow window, each row is a card. */
export function Rows<Row>({ columns, rows, label, trackBy, ...around }: RowsProps<Row>) {
  const isNarrow = useSyncExternalStore(followWidth, () => narrow.matches)
  if (isNarrow) {
    const [[name], others] = [columns.filter(isName), columns.filter((column) => !isName(column))]
    return (
      <Suspense fallback={around.header}>
        <Cards
          {...around}
          headers={others.map(({ header }) => header)}
          cards={rows.map((row) => ({ name: name?.cell(row), details: others.map(({ cell }) => cell(row)) }))}
        />
      </Suspense>
    )
  }
  return (
    <Table
      {...around}
      {...(trackBy && { trackBy })}
      items={rows}
      columnDefinitions={columns.map((column) => ({
        ...column,
        cell: (row: Row) => <div className="cell">{column.cell(row)}</div>,
      }))}
      wrapLines
      cellVerticalAlign="top"
      ariaLabels={{ tableLabel: label }}
    />
  )
}

function isName<Row>({ isRowHeader = false }: TableProps.ColumnDefinition<Row>): boolean {
  return isRowHeader
}

function followWidth(listener: () => void): () => void {
  narrow.addEventListener('change', listener)
  return () => narrow.removeEventListener('change', listener)
}
