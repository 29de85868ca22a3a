import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Table from '@cloudscape-design/components/table'
import type { Cluster } from '../../api/client.ts'
import { Empty } from '../../parts/list.tsx'
import { ConditionStatus } from '../../parts/statuses.tsx'
import { nameOf, workloadColumns } from '../../parts/workload-columns.tsx'
import { useTexts } from '../../texts/context.ts'

/** The workloads of a cluster, with each of their conditions. */
export function Workloads({ cluster: { status } }: { readonly cluster: Cluster }) {
  const texts = useTexts()
  const rows = status.workloads.map((workload) => ({
    ...workload,
    ...(workload.role && { roleArn: workload.role.roleArn }),
  }))
  const columns = workloadColumns<(typeof rows)[number]>(texts)
  return (
    <Table
      header={
        <Header variant="h2" counter={`(${rows.length})`}>
          {texts.workloads}
        </Header>
      }
      empty={<Empty title={texts.noWorkloads} />}
      items={rows}
      trackBy={nameOf}
      columnDefinitions={[
        columns.name,
        columns.state,
        columns.verified,
        {
          id: 'conditions',
          header: texts.conditions,
          minWidth: 180,
          cell: ({ conditions }) => (
            <SpaceBetween size="xxs">
              {conditions.map((condition) => (
                <ConditionStatus key={condition.type} {...condition} words={condition.type} />
              ))}
            </SpaceBetween>
          ),
        },
        columns.role,
      ]}
      ariaLabels={{ tableLabel: texts.workloads }}
    />
  )
}
