import type { TableProps } from '@cloudscape-design/components/table'
import type { WorkloadStatus } from '../api/client.ts'
import type { Texts } from '../texts/en.ts'
import { Copyable } from './copyable.tsx'
import { type Health, healthOf } from './health.ts'
import { HealthStatus } from './statuses.tsx'
import { Time } from './time.tsx'

export interface WorkloadRow extends WorkloadStatus {
  readonly cluster: string
  readonly health: Health
}

type Column = TableProps.ColumnDefinition<WorkloadRow>

/** What lists of workloads show of one: each takes what it needs. */
export function workloadColumns(texts: Texts): Record<'name' | 'state' | 'verified' | 'role', Column> {
  return {
    name: { id: 'name', header: texts.workload, isRowHeader: true, minWidth: 140, cell: nameOf },
    state: { id: 'state', header: texts.state, cell: ({ health }) => <HealthStatus health={health} /> },
    verified: { id: 'verified', header: texts.lastProof, cell: ({ verifiedAt }) => <Time at={verifiedAt} /> },
    role: {
      id: 'role',
      header: texts.role,
      minWidth: 200,
      cell: ({ role }) =>
        role === undefined ? texts.noRole : <Copyable text={role.roleArn} shown={role.roleName} what={texts.role} />,
    },
  }
}

export function workloadRow(cluster: string, workload: WorkloadStatus, isChanging: boolean): WorkloadRow {
  return { ...workload, cluster, health: healthOf(workload.conditions, isChanging) }
}

/** As Kubernetes and the command line name it. */
export function nameOf({ namespace, serviceAccount }: Pick<WorkloadStatus, 'namespace' | 'serviceAccount'>): string {
  return `${namespace}/${serviceAccount}`
}
