import type { ComponentProps } from 'react'
import type { OperationSummary } from '../../../client/api.ts'
import { useTexts } from '../settings/context.ts'
import { ClusterLink, operationPath, PageLink } from './follow.tsx'
import { operationName } from './operation-name.ts'
import { Rows } from './rows.tsx'
import { OperationStatus } from './statuses.tsx'
import { Time, Took } from './time.tsx'

type RowsProps = ComponentProps<typeof Rows<OperationSummary>>

interface OperationsTableProps extends Pick<RowsProps, 'title' | 'level' | 'count' | 'filter' | 'footer'> {
  readonly operations: readonly OperationSummary[]
  /** Whether all operations are of the cluster in the page's title. */
  readonly isOfOneCluster?: boolean
}

export function OperationsTable({ operations, isOfOneCluster = false, ...rest }: OperationsTableProps) {
  const texts = useTexts()
  const columns: RowsProps['columns'] = [
    {
      id: 'kind',
      header: texts.operation,
      isRowHeader: true,
      cell: (one) => <PageLink to={operationPath(one.operationId)}>{operationName(one, texts)}</PageLink>,
    },
    {
      id: 'cluster',
      header: texts.cluster,
      cell: ({ cluster }) => (cluster === undefined ? texts.allClusters : <ClusterLink name={cluster} />),
    },
    {
      id: 'status',
      header: texts.status,
      cell: ({ status, kind }) => <OperationStatus status={status} isReport={kind === 'drift'} />,
    },
    { id: 'started', header: texts.started, cell: ({ createdAt }) => <Time at={createdAt} /> },
    { id: 'took', header: texts.took, cell: ({ createdAt, endedAt }) => <Took from={createdAt} to={endedAt} /> },
    { id: 'by', header: texts.requestedBy, cell: ({ requestedBy }) => shortCaller(requestedBy) },
  ]
  return (
    <Rows
      {...rest}
      empty={texts.noOperations}
      rows={operations}
      trackBy="operationId"
      columns={columns.filter(({ id }) => !(isOfOneCluster && id === 'cluster'))}
    />
  )
}

/** The end of an ARN: the user, or the role and the session. The operation's page shows the complete ARN. */
export function shortCaller(requestedBy: string): string {
  return requestedBy.startsWith('arn:') ? (requestedBy.split(':').at(-1) ?? requestedBy) : requestedBy
}
