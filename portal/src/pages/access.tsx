import Box from '@cloudscape-design/components/box'
import ContentLayout from '@cloudscape-design/components/content-layout'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import { useQuery } from '@tanstack/react-query'
import type { Access } from '../../../client/api.ts'
import { accessQuery } from '../api/access.ts'
import { Empty } from '../parts/list.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Rows } from '../parts/rows.tsx'
import { useTexts } from '../settings/context.ts'

export default function AccessPage() {
  const texts = useTexts()
  return (
    <>
      <title>{texts.access.title}</title>
      <Loaded query={useQuery(accessQuery({}))} title={texts.access.title}>
        {({ caller, actions }) => (
          <ContentLayout
            header={
              <Header variant="h1" description={caller.name}>
                {texts.access.title}
              </Header>
            }
          >
            <SpaceBetween size="l">
              <Grants grants={caller.grants} />
              <Actions actions={actions} />
            </SpaceBetween>
          </ContentLayout>
        )}
      </Loaded>
    </>
  )
}

function Grants({ grants }: Pick<Access['caller'], 'grants'>) {
  const texts = useTexts()
  const { access } = texts
  const scope = (patterns: readonly string[]) => (patterns.includes('*') ? texts.all : patterns.join(', '))
  return (
    <Rows
      title={access.grants}
      detail={access.grantsDetail}
      rows={grants}
      trackBy="name"
      empty={<Empty title={access.noGrants} detail={access.noGrantsDetail} />}
      columns={[
        { id: 'name', header: access.grant, isRowHeader: true, cell: ({ name }) => name },
        { id: 'role', header: texts.role, cell: ({ role }) => access.roles[role] },
        { id: 'clusters', header: texts.clusters, cell: ({ clusters }) => scope(clusters) },
        { id: 'namespaces', header: access.namespaces, cell: ({ namespaces }) => scope(namespaces) },
        { id: 'policies', header: texts.policies, minWidth: 220, cell: ({ policyArns }) => scope(policyArns) },
      ]}
    />
  )
}

/** All actions, in the API's order, and whether the user may do them. */
function Actions({ actions }: Pick<Access, 'actions'>) {
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
