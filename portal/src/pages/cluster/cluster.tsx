import Alert from '@cloudscape-design/components/alert'
import Button from '@cloudscape-design/components/button'
import ContentLayout from '@cloudscape-design/components/content-layout'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useQuery } from '@tanstack/react-query'
import { useParams } from 'react-router'
import type { Cluster } from '../../api/client.ts'
import { clusterQuery, operationsQuery } from '../../api/queries.ts'
import { lookForDrift, useStart, verify } from '../../api/start.ts'
import { Allowed } from '../../parts/allowed.tsx'
import { operationPath, PageLink } from '../../parts/follow.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { OperationsTable } from '../../parts/operations-table.tsx'
import { ProblemAlert } from '../../parts/problem.tsx'
import { useTexts } from '../../texts/context.ts'
import { Conditions } from './conditions.tsx'
import { Overview } from './overview.tsx'
import { Webhook } from './webhook.tsx'
import { Workloads } from './workloads.tsx'

export default function ClusterPage() {
  const { cluster = '' } = useParams()
  return (
    <>
      <title>{cluster}</title>
      <Loaded query={useQuery(clusterQuery(cluster))} title={cluster}>
        {(found) => <Content cluster={found} />}
      </Loaded>
    </>
  )
}

function Content({ cluster }: { readonly cluster: Cluster }) {
  const texts = useTexts()
  const verification = useStart(verify)
  const drift = useStart(lookForDrift)
  const { name, status, runningOperationId } = cluster
  const problem = verification.error ?? drift.error
  return (
    <ContentLayout
      header={
        <Header
          variant="h1"
          actions={
            <SpaceBetween size="xs" direction="horizontal">
              <Allowed action="start-drift" place={{ cluster: name }} what={texts.lookForDrift}>
                <Button loading={drift.isPending} onClick={() => drift.mutate(name)}>
                  {texts.lookForDrift}
                </Button>
              </Allowed>
              <Allowed action="start-verification" place={{ cluster: name }} what={texts.verifyAll}>
                <Button variant="primary" loading={verification.isPending} onClick={() => verification.mutate(name)}>
                  {texts.verifyAll}
                </Button>
              </Allowed>
            </SpaceBetween>
          }
        >
          {name}
        </Header>
      }
    >
      <SpaceBetween size="l">
        {problem && <ProblemAlert error={problem} />}
        {runningOperationId !== undefined && (
          <Alert type="info" header={texts.running}>
            <PageLink to={operationPath(runningOperationId)}>{texts.showIt}</PageLink>
          </Alert>
        )}
        <Overview cluster={cluster} />
        <Conditions conditions={status.conditions} />
        <Workloads cluster={cluster} />
        <Webhook cluster={cluster} />
        <NewestOperations cluster={name} />
      </SpaceBetween>
    </ContentLayout>
  )
}

/** How many operations the page of a cluster shows. */
const limit = 10

function NewestOperations({ cluster }: { readonly cluster: string }) {
  const texts = useTexts()
  return (
    <Loaded query={useQuery(operationsQuery({ cluster, limit }))}>
      {({ operations }) => (
        <OperationsTable
          operations={operations}
          label={texts.newestOperations}
          header={<Header variant="h2">{texts.newestOperations}</Header>}
        />
      )}
    </Loaded>
  )
}
