import Alert from '@cloudscape-design/components/alert'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Table, { type TableProps } from '@cloudscape-design/components/table'
import type { DriftResult } from '../../api/client.ts'
import { useTexts } from '../../texts/context.ts'
import type { Texts } from '../../texts/en.ts'

type Changed = DriftResult['changed'][number]

/** What differs from the spec, side by side with it. */
export function Drift({ drift }: { readonly drift: DriftResult }) {
  const texts = useTexts()
  const { missing, changed, additions, unreachable, problems } = drift
  const differences: Changed[] = [...missing.map(({ object }) => ({ object, observed: texts.missing })), ...changed]
  const notSeen = [...unreachable, ...problems]
  return (
    <SpaceBetween size="l">
      {notSeen.map(({ object, reason, action }) => (
        <Alert key={object + reason} type="warning" header={`${texts.incomplete}: ${object}`}>
          {reason} {action}
        </Alert>
      ))}
      {differences.length === 0 && notSeen.length === 0 && <Alert type="success">{texts.noDifferences}</Alert>}
      {differences.length > 0 && <Differences title={texts.differences} differences={differences} />}
      {additions.length > 0 && <Differences title={texts.additions} differences={additions} />}
    </SpaceBetween>
  )
}

function Differences({ title, differences }: { readonly title: string; readonly differences: readonly Changed[] }) {
  const texts = useTexts()
  return (
    <Table
      header={
        <Header variant="h2" counter={`(${differences.length})`}>
          {title}
        </Header>
      }
      items={differences}
      wrapLines
      columnDefinitions={columns(texts)}
      ariaLabels={{ tableLabel: title }}
    />
  )
}

function columns(texts: Texts): TableProps.ColumnDefinition<Changed>[] {
  return [
    { id: 'object', header: texts.object, isRowHeader: true, minWidth: 220, cell: ({ object }) => object },
    { id: 'field', header: texts.field, minWidth: 160, cell: ({ field }) => field && <code>{field}</code> },
    { id: 'desired', header: texts.desired, minWidth: 180, cell: ({ desired }) => <Value value={desired} /> },
    { id: 'observed', header: texts.observed, minWidth: 180, cell: ({ observed }) => <Value value={observed} /> },
    { id: 'manager', header: texts.changedBy, minWidth: 130, cell: ({ manager }) => manager },
  ]
}

function Value({ value }: { readonly value: unknown }) {
  if (value === undefined) return '–'
  return <code>{typeof value === 'string' ? value : JSON.stringify(value)}</code>
}
