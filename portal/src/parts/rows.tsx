import './rows.css'
import Header, { type HeaderProps } from '@cloudscape-design/components/header'
import Table, { type TableProps } from '@cloudscape-design/components/table'
import { lazy, Suspense, useSyncExternalStore } from 'react'
import { Empty } from './list.tsx'

const Cards = lazy(() => import('./cards.tsx'))

/** Up to this width a table would need horizontal scrolling. */
const narrow = matchMedia('(width < 62rem)')

interface RowsProps<Row>
  extends Pick<TableProps<Row>, 'trackBy' | 'empty' | 'filter' | 'footer'>,
    Pick<HeaderProps, 'actions'> {
  readonly title: string
  /** `h1` for the only table of a page. */
  readonly level?: 'h1' | 'h2'
  readonly count?: number
  readonly detail?: string | undefined
  /** The column that names a row has `isRowHeader`. */
  readonly columns: readonly TableProps.ColumnDefinition<Row>[]
  readonly rows: readonly Row[]
}

/** A table with wrapping cells. In a narrow window, each row is a card. */
export function Rows<Row>(props: RowsProps<Row>) {
  const { title, level = 'h2', count, detail, actions, columns, rows, trackBy, empty, filter, footer } = props
  const isNarrow = useSyncExternalStore(followWidth, () => narrow.matches)
  const around = {
    header: (
      <Header variant={level} counter={count === undefined ? '' : `(${count})`} description={detail} actions={actions}>
        {title}
      </Header>
    ),
    empty: typeof empty === 'string' ? <Empty title={empty} /> : empty,
    filter,
    footer,
  }
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
      ariaLabels={{ tableLabel: title }}
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
