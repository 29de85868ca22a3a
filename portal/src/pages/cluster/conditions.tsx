import Header from '@cloudscape-design/components/header'
import type { TableProps } from '@cloudscape-design/components/table'
import type { ClusterCondition } from '../../api/client.ts'
import { Empty } from '../../parts/list.tsx'
import { Rows } from '../../parts/rows.tsx'
import { ConditionStatus } from '../../parts/statuses.tsx'
import { Time } from '../../parts/time.tsx'
import { useTexts } from '../../texts/context.ts'
import type { Texts } from '../../texts/en.ts'

export function Conditions({ conditions }: { readonly conditions: readonly ClusterCondition[] }) {
  const texts = useTexts()
  return (
    <Rows
      header={<Header variant="h2">{texts.conditions}</Header>}
      empty={<Empty title={texts.none} />}
      rows={conditions}
      trackBy="type"
      columns={columns(texts)}
      label={texts.conditions}
    />
  )
}

function columns(texts: Texts): TableProps.ColumnDefinition<ClusterCondition>[] {
  return [
    { id: 'type', header: texts.condition, isRowHeader: true, minWidth: 180, cell: ({ type }) => type },
    { id: 'status', header: texts.status, minWidth: 120, cell: (condition) => <ConditionStatus {...condition} /> },
    {
      id: 'reason',
      header: texts.reason,
      minWidth: 200,
      cell: ({ reason, message }) => (message === '' ? reason : `${reason}: ${message}`),
    },
    {
      id: 'since',
      header: texts.since,
      minWidth: 190,
      cell: ({ lastTransitionTime }) => <Time at={lastTransitionTime} />,
    },
  ]
}
