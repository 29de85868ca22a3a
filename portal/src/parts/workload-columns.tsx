import Box from '@cloudscape-design/components/box'
import type { TableProps } from '@cloudscape-design/components/table'
import type { Workload } from '../../../client/api.ts'
import { nameOf } from '../../../client/workload.ts'
import { useTexts } from '../settings/context.ts'
import type { Texts } from '../texts/en.ts'
import { Copyable } from './copyable.tsx'
import { sharedClusters } from './managers.ts'
import { HealthStatus } from './statuses.tsx'
import { Time } from './time.tsx'

/** The columns' data, for the list of all workloads and for a cluster's list. */
type WorkloadRow = Pick<
  Workload,
  'namespace' | 'serviceAccount' | 'roleArn' | 'verifiedAt' | 'health' | 'manager' | 'leaving'
> & {
  /** Omitted when all workloads are of one cluster. */
  readonly cluster?: string
}

/** The columns of workload lists. Each list selects some of them. @param rows the complete list, before a filter */
export function workloadColumns<Row extends WorkloadRow>(
  texts: Texts,
  rows: readonly Row[],
): Record<'name' | 'state' | 'verified', TableProps.ColumnDefinition<Row>> {
  const shared = sharedClusters(rows)
  return {
    name: {
      id: 'name',
      header: texts.workloadAndRole,
      isRowHeader: true,
      minWidth: 200,
      cell: (row) => <NameAndRole row={row} isManagerShown={shared.has(row.cluster)} />,
    },
    state: { id: 'state', header: texts.state, cell: ({ health }) => <HealthStatus health={health} /> },
    verified: { id: 'verified', header: texts.lastProof, cell: ({ verifiedAt }) => <Time at={verifiedAt} /> },
  }
}

interface NameAndRoleProps {
  readonly row: WorkloadRow
  /** Whether the manager distinguishes the row from others of its cluster. */
  readonly isManagerShown: boolean
}

/** The role's name is below the workload's, because a separate column would need horizontal scrolling. */
function NameAndRole({ row, isManagerShown }: NameAndRoleProps) {
  const texts = useTexts()
  const { roleArn, manager, leaving } = row
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
      {leaving && (
        <Box variant="small" display="block">
          {texts.leaving}
        </Box>
      )}
      {isManagerShown && manager !== undefined && (
        <Box variant="small" display="block">
          {texts.declaredBy(manager)}
        </Box>
      )}
    </>
  )
}
