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

/** What each list of workloads shows of one: a name, a role, how it is. */
export function workloadColumns(texts: Texts): TableProps.ColumnDefinition<WorkloadRow>[] {
  return [
    { id: 'name', header: texts.workload, isRowHeader: true, minWidth: 140, cell: nameOf },
    { id: 'state', header: texts.state, cell: ({ health }) => <HealthStatus health={health} /> },
    { id: 'verified', header: texts.lastProof, cell: ({ verifiedAt }) => <Time at={verifiedAt} /> },
    {
      id: 'role',
      header: texts.role,
      minWidth: 200,
      cell: ({ role }) =>
        role === undefined ? texts.noRole : <Copyable text={role.roleArn} shown={role.roleName} what={texts.role} />,
    },
  ]
}

export function workloadRow(cluster: string, workload: WorkloadStatus, isChanging: boolean): WorkloadRow {
  return { ...workload, cluster, health: healthOf(workload.conditions, isChanging) }
}

/** As Kubernetes and the command line name it. */
export function nameOf({ namespace, serviceAccount }: Pick<WorkloadStatus, 'namespace' | 'serviceAccount'>): string {
  return `${namespace}/${serviceAccount}`
}
