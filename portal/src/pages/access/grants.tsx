import Header from '@cloudscape-design/components/header'
import type { Access } from '../../api/access.ts'
import { Empty } from '../../parts/list.tsx'
import { Rows } from '../../parts/rows.tsx'
import { useTexts } from '../../texts/context.ts'

export function Grants({ grants }: Pick<Access['caller'], 'grants'>) {
  const texts = useTexts()
  const { access } = texts
  return (
    <Rows
      header={
        <Header variant="h2" description={access.grantsDetail}>
          {access.grants}
        </Header>
      }
      rows={grants}
      trackBy="name"
      empty={<Empty title={access.noGrants} detail={access.noGrantsDetail} />}
      columns={[
        { id: 'name', header: access.grant, isRowHeader: true, cell: ({ name }) => name },
        { id: 'role', header: texts.role, cell: ({ role }) => access.roles[role] },
        { id: 'clusters', header: texts.clusters, cell: ({ clusters }) => scope(clusters, texts.all) },
        { id: 'namespaces', header: access.namespaces, cell: ({ namespaces }) => scope(namespaces, texts.all) },
        {
          id: 'policies',
          header: texts.policies,
          minWidth: 220,
          cell: ({ policyArns }) => scope(policyArns, texts.all),
        },
      ]}
      label={access.grants}
    />
  )
}

function scope(patterns: readonly string[], all: string): string {
  return patterns.includes('*') ? all : patterns.join(', ')
}
