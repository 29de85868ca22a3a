import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import ContentLayout from '@cloudscape-design/components/content-layout'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useQuery } from '@tanstack/react-query'
import { useParams } from 'react-router'
import type { Cluster } from '../../../../client/api.ts'
import { clusterQuery, operationsQuery } from '../../api/queries.ts'
import { operationPath, PageLink } from '../../parts/follow.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { OperationsTable } from '../../parts/operations-table.tsx'
import { ProblemAlert } from '../../parts/problem.tsx'
import { useTexts } from '../../settings/context.ts'
import { useActions } from './actions.tsx'
import { Conditions } from './conditions.tsx'
import { History } from './history/history.tsx'
import { Overview } from './overview.tsx'
import { SigningKeys } from './signing-keys.tsx'
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
  const { name, status, runningOperationId } = cluster
  const actions = useActions(cluster)
  return (
    <ContentLayout
      header={
        <Header variant="h1" actions={actions.buttons}>
          {name}
        </Header>
      }
    >
      <SpaceBetween size="l">
        {actions.error && <ProblemAlert error={actions.error} />}
        {runningOperationId !== undefined && (
          <Alert type="info" header={texts.running}>
            <PageLink to={operationPath(runningOperationId)}>{texts.showIt}</PageLink>
          </Alert>
        )}
        <Overview cluster={cluster} />
        <Conditions conditions={status.conditions} />
        <Workloads cluster={cluster} />
        <Webhook cluster={cluster} />
        <SigningKeys cluster={cluster} />
        <History cluster={cluster} />
        <NewestOperations cluster={name} />
      </SpaceBetween>
    </ContentLayout>
  )
}

/** The number of operations on a cluster's page. */
const limit = 10

function NewestOperations({ cluster }: { readonly cluster: string }) {
  const texts = useTexts()
  return (
    <Loaded query={useQuery(operationsQuery({ cluster }, limit))}>
      {(operations) => (
        <OperationsTable
          operations={operations}
          isOfOneCluster
          title={texts.newestOperations}
          footer={
            <Box textAlign="center">
              <PageLink to={`/operations?cluster=${encodeURIComponent(cluster)}`}>{texts.allOperations}</PageLink>
            </Box>
          }
        />
      )}
    </Loaded>
  )
}
