import ContentLayout from '@cloudscape-design/components/content-layout'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useQuery } from '@tanstack/react-query'
import { useParams } from 'react-router'
import type { Operation } from '../../../../client/api.ts'
import { foundSeverity } from '../../../../client/severity.ts'
import { operationQuery } from '../../api/queries.ts'
import { Facts } from '../../parts/facts.tsx'
import { ClusterLink, operationPath, PageLink } from '../../parts/follow.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { titleOf } from '../../parts/operation-name.ts'
import { FoundDrift, OperationStatus } from '../../parts/statuses.tsx'
import { Time, Took } from '../../parts/time.tsx'
import { useTexts } from '../../settings/context.ts'
import { Changes } from './changes.tsx'
import { Failure } from './failure.tsx'
import { useNext } from './next.tsx'
import { Picture } from './picture.tsx'
import { Result } from './results/result.tsx'
import { Steps } from './steps.tsx'
import { Events, Waiting } from './waiting.tsx'

export default function OperationPage() {
  const texts = useTexts()
  const { operationId = '' } = useParams()
  return (
    <Loaded query={useQuery(operationQuery(operationId))} title={texts.operation}>
      {(operation) => (
        <>
          <title>{neededFor(operation) ?? titleOf(operation, texts)}</title>
          <Content operation={operation} />
        </>
      )}
    </Loaded>
  )
}

/** The title of the task for which the operation waits. */
function neededFor({ endedAt, steps }: Operation): string | undefined {
  return endedAt === undefined ? steps.find(({ status }) => status === 'waiting')?.task?.title : undefined
}

function Content({ operation }: { readonly operation: Operation }) {
  const texts = useTexts()
  const { kind, steps, endedAt, error } = operation
  const next = useNext(operation)
  return (
    <ContentLayout
      header={
        <Header variant="h1" actions={error === undefined && next.buttons}>
          {titleOf(operation, texts)}
        </Header>
      }
    >
      <SpaceBetween size="l">
        {next.problem}
        {error && <Failure error={error} actions={next.buttons} />}
        <Waiting operation={operation} />
        <Overview operation={operation} />
        <Result operation={operation} />
        {changesPlace(operation) === 'first' && <Changes operation={operation} />}
        <Steps operation={operation} />
        {endedAt !== undefined && <Events events={operation.clusterEvents} />}
        {changesPlace(operation) === 'last' && <Changes operation={operation} />}
        <Picture kind={kind} steps={steps} />
      </SpaceBetween>
    </ContentLayout>
  )
}

/** Where the page shows the changes. A plan shows them in its result, and a drift report shows differences instead. */
function changesPlace({ kind, dryRun, endedAt, result }: Operation): 'first' | 'last' | 'none' {
  if (kind === 'drift' || (result && 'writes' in result)) return 'none'
  const isReport = kind === 'teardown' || dryRun === true
  return isReport && endedAt !== undefined ? 'first' : 'last'
}

function Overview({ operation }: { readonly operation: Operation }) {
  const texts = useTexts()
  const severity = foundSeverity(operation)
  const { status, cluster, requestedBy, createdAt, endedAt, broughtAboutBy } = operation
  return (
    <Facts
      title={texts.overview}
      columns={3}
      items={[
        {
          label: texts.status,
          value: severity === undefined ? <OperationStatus status={status} /> : <FoundDrift severity={severity} />,
        },
        {
          label: texts.cluster,
          value: cluster === undefined ? texts.allClusters : <ClusterLink name={cluster} />,
        },
        { label: texts.requestedBy, value: requestedBy },
        { label: texts.started, value: <Time at={createdAt} /> },
        { label: texts.ended, value: endedAt === undefined ? '–' : <Time at={endedAt} /> },
        { label: texts.took, value: <Took from={createdAt} to={endedAt} /> },
        ...(broughtAboutBy === undefined
          ? []
          : [
              {
                label: texts.broughtAboutBy,
                value: <PageLink to={operationPath(broughtAboutBy)}>{broughtAboutBy}</PageLink>,
              },
            ]),
      ]}
    />
  )
}
