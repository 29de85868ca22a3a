import type { TableProps } from '@cloudscape-design/components/table'
import type { ReactNode } from 'react'
import type { OperationSummary } from '../api/client.ts'
import { useTexts } from '../texts/context.ts'
import type { Texts } from '../texts/en.ts'
import { ClusterLink, operationPath, PageLink } from './follow.tsx'
import { Empty } from './list.tsx'
import { operationName } from './operation-name.ts'
import { Rows } from './rows.tsx'
import { OperationStatus } from './statuses.tsx'
import { Time, Took } from './time.tsx'

interface OperationsTableProps {
  readonly operations: readonly OperationSummary[]
  readonly header: ReactNode
  readonly label: string
  readonly filter?: ReactNode
  readonly footer?: ReactNode
  /** Whether all operations are of the cluster in the page's title. */
  readonly isOfOneCluster?: boolean
}

export function OperationsTable({ operations, label, isOfOneCluster = false, ...rest }: OperationsTableProps) {
  const texts = useTexts()
  return (
    <Rows
      {...rest}
      empty={<Empty title={texts.noOperations} />}
      rows={operations}
      trackBy="operationId"
      columns={columns(texts).filter(({ id }) => !(isOfOneCluster && id === 'cluster'))}
      label={label}
    />
  )
}

function columns(texts: Texts): TableProps.ColumnDefinition<OperationSummary>[] {
  return [
    {
      id: 'kind',
      header: texts.operation,
      isRowHeader: true,
      cell: (operation) => (
        <PageLink to={operationPath(operation.operationId)}>{operationName(operation, texts)}</PageLink>
      ),
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
}

/** The end of an ARN: the user, or the role and the session. The operation's page shows the complete ARN. */
export function shortCaller(requestedBy: string): string {
  return requestedBy.startsWith('arn:') ? (requestedBy.split(':').at(-1) ?? requestedBy) : requestedBy
}
