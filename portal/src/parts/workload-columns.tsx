import Box from '@cloudscape-design/components/box'
import type { TableProps } from '@cloudscape-design/components/table'
import type { Workload, WorkloadStatus } from '../api/client.ts'
import { useTexts } from '../texts/context.ts'
import type { Texts } from '../texts/en.ts'
import { Copyable } from './copyable.tsx'
import { HealthStatus } from './statuses.tsx'
import { Time } from './time.tsx'

/** What the columns show: of the list of all workloads, and of those of one cluster. */
type WorkloadRow = Pick<Workload, 'namespace' | 'serviceAccount' | 'roleArn' | 'verifiedAt' | 'health'>

/** What lists of workloads show of one: each takes what it needs. */
export function workloadColumns<Row extends WorkloadRow>(
  texts: Texts,
): Record<'name' | 'state' | 'verified', TableProps.ColumnDefinition<Row>> {
  return {
    name: {
      id: 'name',
      header: texts.workloadAndRole,
      isRowHeader: true,
      minWidth: 200,
      cell: (row) => <NameAndRole row={row} />,
    },
    state: { id: 'state', header: texts.state, cell: ({ health }) => <HealthStatus health={health} /> },
    verified: { id: 'verified', header: texts.lastProof, cell: ({ verifiedAt }) => <Time at={verifiedAt} /> },
  }
}

/** The name of the role is below: beside it, a table would have to be scrolled sideways. */
function NameAndRole({ row }: { readonly row: WorkloadRow }) {
  const texts = useTexts()
  const { roleArn } = row
  return (
    <>
      <div>{nameOf(row)}</div>
      <Box variant="small">
        {roleArn === undefined ? (
          texts.noRole
        ) : (
          <Copyable text={roleArn} shown={roleArn.slice(roleArn.lastIndexOf('/') + 1)} what={texts.role} />
        )}
      </Box>
    </>
  )
}

/** As Kubernetes and the command line name it. */
export function nameOf({ namespace, serviceAccount }: Pick<WorkloadStatus, 'namespace' | 'serviceAccount'>): string {
  return `${namespace}/${serviceAccount}`
}
