import './rows.css'
import Header, { type HeaderProps } from '@cloudscape-design/components/header'
import Table, { type TableProps } from '@cloudscape-design/components/table'
import { lazy, Suspense, useState, useSyncExternalStore } from 'react'
import { Empty, Filter, hasText, NoMatch } from './list.tsx'

const Cards = lazy(() => import('./cards.tsx'))

/** Below this width, a table would need horizontal scrolling. */
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
  /** Lets the user find rows by one of these texts. */
  readonly search?: { readonly label: string; readonly textsOf: (row: Row) => readonly (string | undefined)[] }
}

/** A table with wrapping cells. In a narrow window, each row is a card. */
export function Rows<Row>(props: RowsProps<Row>) {
  const { title, level = 'h2', count, detail, actions, columns, trackBy, footer } = props
  const { rows, empty, filter } = useFound(props)
  const isNarrow = useSyncExternalStore(followWidth, () => narrow.matches)
  const around = {
    header: (
      <Header variant={level} counter={count === undefined ? '' : `(${count})`} description={detail} actions={actions}>
        {title}
      </Header>
    ),
    empty,
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

/** The rows that match the user's filter, and the filter. */
function useFound<Row>({
  rows,
  search,
  empty,
  filter,
}: RowsProps<Row>): Pick<RowsProps<Row>, 'rows' | 'empty' | 'filter'> {
  const [wanted, want] = useState('')
  const nothing = typeof empty === 'string' ? <Empty title={empty} /> : empty
  if (!search) return { rows, empty: nothing, filter }
  const found = rows.filter((row) => hasText(wanted, search.textsOf(row)))
  return {
    rows: found,
    empty: wanted === '' ? nothing : <NoMatch onClear={() => want('')} />,
    filter: <Filter text={wanted} onChange={want} label={search.label} count={found.length} />,
  }
}

function isName<Row>({ isRowHeader = false }: TableProps.ColumnDefinition<Row>): boolean {
  return isRowHeader
}

function followWidth(listener: () => void): () => void {
  narrow.addEventListener('change', listener)
  return () => narrow.removeEventListener('change', listener)
}
