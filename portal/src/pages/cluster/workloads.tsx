import Button from '@cloudscape-design/components/button'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useState } from 'react'
import type { Cluster, WorkloadStatus } from '../../../../client/api.ts'
import { nameIn, nameOf, type WorkloadName } from '../../../../client/workload.ts'
import { Allowed } from '../../parts/allowed.tsx'
import { onlyManager } from '../../parts/managers.ts'
import { Rows } from '../../parts/rows.tsx'
import { ConditionStatus } from '../../parts/statuses.tsx'
import TeardownDialog from '../../parts/teardown-dialog.tsx'
import { workloadColumns } from '../../parts/workload-columns.tsx'
import { useTexts } from '../../settings/context.ts'

/** The workloads of a cluster, with each of their conditions. */
export function Workloads({ cluster: { name, status } }: { readonly cluster: Cluster }) {
  const texts = useTexts()
  const [selected, select] = useState<WorkloadName>()
  const rows = status.workloads.map((workload) => ({
    ...workload,
    ...(workload.role && { roleArn: workload.role.roleArn }),
  }))
  const columns = workloadColumns(texts, rows)
  const manager = onlyManager(rows)
  return (
    <>
      <Rows
        title={texts.workloads}
        count={rows.length}
        detail={manager && texts.declaredBy(manager)}
        empty={texts.noWorkloads}
        rows={rows}
        trackBy={nameOf}
        columns={[
          columns.name,
          columns.state,
          columns.verified,
          {
            id: 'conditions',
            header: texts.conditions,
            minWidth: 180,
            cell: ({ conditions }) => <Conditions conditions={conditions} />,
          },
          {
            id: 'actions',
            header: texts.actions,
            minWidth: 130,
            cell: (workload) => <TearDownButton cluster={name} workload={workload} onClick={() => select(workload)} />,
          },
        ]}
      />
      {selected && (
        <TeardownDialog
          cluster={name}
          workload={nameIn(selected)}
          canDeleteCluster={false}
          onClose={() => select(undefined)}
        />
      )}
    </>
  )
}

function Conditions({ conditions }: Pick<WorkloadStatus, 'conditions'>) {
  return (
    <SpaceBetween size="xxs">
      {conditions.map((condition) => (
        <ConditionStatus key={condition.type} {...condition} words={condition.type} />
      ))}
    </SpaceBetween>
  )
}

interface TearDownButtonProps {
  readonly cluster: string
  readonly workload: WorkloadName
  readonly onClick: () => void
}

function TearDownButton({ cluster, workload, onClick }: TearDownButtonProps) {
  const texts = useTexts()
  const scope = { cluster, namespace: workload.namespace }
  return (
    <Allowed action="tear-down-workload" scope={scope} what={texts.next.tearDown}>
      <Button variant="inline-link" ariaLabel={texts.tearDownTitle(nameOf(workload))} onClick={onClick}>
        {texts.next.tearDown}
      </Button>
    </Allowed>
  )
}
