import Box from '@cloudscape-design/components/box'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import type { Access } from '../../../../client/api.ts'
import { Rows } from '../../parts/rows.tsx'
import { useTexts } from '../../texts/context.ts'

/** The possible actions in a scope, in the API's order. */
export function Actions({ actions }: Pick<Access, 'actions'>) {
  const texts = useTexts()
  const { access } = texts
  return (
    <Rows
      title={texts.actions}
      detail={access.actionsDetail}
      rows={Object.entries(actions)}
      trackBy={([name]) => name}
      columns={[
        { id: 'name', header: texts.action, isRowHeader: true, cell: ([name]) => <Box variant="code">{name}</Box> },
        {
          id: 'allowed',
          header: access.mine,
          cell: ([, { allowed }]) => (
            <StatusIndicator type={allowed ? 'success' : 'stopped'}>
              {allowed ? access.may : access.mayNot}
            </StatusIndicator>
          ),
        },
        {
          id: 'roles',
          header: access.who,
          cell: ([, { roles }]) => roles.map((role) => access.roles[role]).join(', ') || texts.none,
        },
      ]}
    />
  )
}
