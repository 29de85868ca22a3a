import type { TableProps } from '@cloudscape-design/components/table'
import type { Workload, WorkloadStatus } from '../api/client.ts'
import type { Texts } from '../texts/en.ts'
import { Copyable } from './copyable.tsx'
import { HealthStatus } from './statuses.tsx'
import { Time } from './time.tsx'

/** What the columns show: of the list of all workloads, and of those of one cluster. */
type WorkloadRow = Pick<Workload, 'namespace' | 'serviceAccount' | 'roleArn' | 'verifiedAt' | 'health'>

/** What lists of workloads show of one: each takes what it needs. */
export function workloadColumns<Row extends WorkloadRow>(
  texts: Texts,
): Record<'name' | 'state' | 'verified' | 'role', TableProps.ColumnDefinition<Row>> {
  return {
    name: { id: 'name', header: texts.workload, isRowHeader: true, minWidth: 140, cell: nameOf },
    state: { id: 'state', header: texts.state, cell: ({ health }) => <HealthStatus health={health} /> },
    verified: { id: 'verified', header: texts.lastProof, cell: ({ verifiedAt }) => <Time at={verifiedAt} /> },
    role: {
      id: 'role',
      header: texts.role,
      minWidth: 200,
      cell: ({ roleArn }) =>
        roleArn === undefined ? (
          texts.noRole
        ) : (
          <Copyable text={roleArn} shown={roleArn.slice(roleArn.lastIndexOf('/') + 1)} what={texts.role} />
        ),
    },
  }
}

/** As Kubernetes and the command line name it. */
export function nameOf({ namespace, serviceAccount }: Pick<WorkloadStatus, 'namespace' | 'serviceAccount'>): string {
  return `${namespace}/${serviceAccount}`
}
