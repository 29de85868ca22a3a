import type { Access } from '../../../../client/api.ts'
import { Empty } from '../../parts/list.tsx'
import { Rows } from '../../parts/rows.tsx'
import { useTexts } from '../../texts/context.ts'

export function Grants({ grants }: Pick<Access['caller'], 'grants'>) {
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
