import Box from '@cloudscape-design/components/box'
import Header from '@cloudscape-design/components/header'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import type { Access } from '../../api/access.ts'
import { Rows } from '../../parts/rows.tsx'
import { useTexts } from '../../texts/context.ts'

/** The possible actions in a scope, in the API's order. */
export function Actions({ actions }: Pick<Access, 'actions'>) {
  const texts = useTexts()
  const { access } = texts
  return (
    <Rows
      header={
        <Header variant="h2" description={access.actionsDetail}>
          {texts.actions}
        </Header>
      }
      rows={Object.entries(actions)}
      trackBy={([name]) => name}
      columns={[
        { id: 'name', header: texts.action, isRowHeader: true, cell: ([name]) => <Box variant="code">{name}</Box> },
        { id: 'allowed', header: access.mine, cell: ([, { allowed }]) => <AllowedStatus allowed={allowed} /> },
        {
          id: 'roles',
          header: access.who,
          cell: ([, { roles }]) => roles.map((role) => access.roles[role]).join(', ') || texts.none,
        },
      ]}
      label={texts.actions}
    />
  )
}

function AllowedStatus({ allowed }: { readonly allowed: boolean }) {
  const { access } = useTexts()
  return (
    <StatusIndicator type={allowed ? 'success' : 'stopped'}>{allowed ? access.may : access.mayNot}</StatusIndicator>
  )
}
