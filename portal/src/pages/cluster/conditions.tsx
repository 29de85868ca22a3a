import type { ClusterCondition } from '../../../../client/api.ts'
import { Rows } from '../../parts/rows.tsx'
import { ConditionStatus } from '../../parts/statuses.tsx'
import { Time } from '../../parts/time.tsx'
import { useTexts } from '../../settings/context.ts'

export function Conditions({ conditions }: { readonly conditions: readonly ClusterCondition[] }) {
  const texts = useTexts()
  return (
    <Rows
      title={texts.conditions}
      empty={texts.none}
      rows={conditions}
      trackBy="type"
      columns={[
        { id: 'type', header: texts.condition, isRowHeader: true, minWidth: 180, cell: ({ type }) => type },
        { id: 'status', header: texts.status, minWidth: 120, cell: (condition) => <ConditionStatus {...condition} /> },
        {
          id: 'reason',
          header: texts.reason,
          minWidth: 200,
          cell: ({ reason, message }) => (message === '' ? reason : `${reason}: ${message}`),
        },
        { id: 'since', header: texts.since, minWidth: 190, cell: (one) => <Time at={one.lastTransitionTime} /> },
      ]}
    />
  )
}
