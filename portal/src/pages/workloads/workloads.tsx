import Button from '@cloudscape-design/components/button'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Table from '@cloudscape-design/components/table'
import { useQueries, useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import type { Cluster, ClusterSummary } from '../../api/client.ts'
import { clusterQuery, clustersQuery, type WorkloadName } from '../../api/queries.ts'
import { useStart, verifyWorkload } from '../../api/start.ts'
import { Allowed } from '../../parts/allowed.tsx'
import { ClusterLink } from '../../parts/follow.tsx'
import { Empty, Filter, hasText, NoMatch } from '../../parts/list.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { ProblemAlert } from '../../parts/problem.tsx'
import { nameOf, type WorkloadRow, workloadColumns, workloadRow } from '../../parts/workload-columns.tsx'
import { useTexts } from '../../texts/context.ts'

const Manifest = lazy(() => import('./manifest.tsx'))

export default function Workloads() {
  const texts = useTexts()
  return (
    <>
      <title>{texts.myWorkloads}</title>
      <Loaded query={useQuery(clustersQuery)} title={texts.myWorkloads}>
        {(clusters) => <OfClusters clusters={clusters} />}
      </Loaded>
    </>
  )
}

/** The API lists no workloads: they are read from their clusters. */
function OfClusters({ clusters }: { readonly clusters: readonly ClusterSummary[] }) {
  const found = useQueries({ queries: clusters.map(({ name }) => clusterQuery(name)) })
  return <List rows={found.flatMap(({ data }) => rowsOf(data))} isLoading={found.some(({ isPending }) => isPending)} />
}

function rowsOf(cluster: Cluster | undefined): WorkloadRow[] {
  if (cluster === undefined) return []
  const { name, status, runningOperationId } = cluster
  return status.workloads.map((workload) => workloadRow(name, workload, runningOperationId !== undefined))
}

function List({ rows, isLoading }: { readonly rows: readonly WorkloadRow[]; readonly isLoading: boolean }) {
  const texts = useTexts()
  const [filter, setFilter] = useState('')
  const [withManifest, showManifest] = useState<WorkloadName>()
  const verification = useStart(verifyWorkload)
  const columns = workloadColumns(texts)
  const shown = rows.filter((row) => hasText(filter, [nameOf(row), row.cluster, row.role?.roleArn]))
  return (
    <>
      <Table
        header={
          <Header variant="h1" counter={`(${rows.length})`} description={texts.myWorkloadsDetail}>
            {texts.myWorkloads}
          </Header>
        }
        filter={
          <SpaceBetween size="m">
            {verification.error && <ProblemAlert error={verification.error} />}
            <Filter text={filter} onChange={setFilter} label={texts.filterWorkloads} count={shown.length} />
          </SpaceBetween>
        }
        empty={
          filter === '' ? (
            <Empty title={texts.noWorkloads} detail={texts.noWorkloadsDetail} />
          ) : (
            <NoMatch onClear={() => setFilter('')} />
          )
        }
        loading={isLoading && rows.length === 0}
        loadingText={texts.loading}
        items={shown}
        trackBy={(row) => `${row.cluster}/${nameOf(row)}`}
        columnDefinitions={[
          columns.name,
          { id: 'cluster', header: texts.cluster, cell: ({ cluster }) => <ClusterLink name={cluster} /> },
          columns.state,
          columns.verified,
          {
            id: 'actions',
            header: texts.actions,
            minWidth: 220,
            cell: (row) => (
              <Actions
                row={row}
                onVerify={() => verification.mutate(workloadNameOf(row))}
                onManifest={() => showManifest(workloadNameOf(row))}
                isStarting={verification.isPending}
              />
            ),
          },
          columns.role,
        ]}
        ariaLabels={{ tableLabel: texts.myWorkloads }}
      />
      {withManifest && (
        <Suspense>
          <Manifest workload={withManifest} onClose={() => showManifest(undefined)} />
        </Suspense>
      )}
    </>
  )
}

interface ActionsProps {
  readonly row: WorkloadRow
  readonly onVerify: () => void
  readonly onManifest: () => void
  readonly isStarting: boolean
}

function Actions({ row, onVerify, onManifest, isStarting }: ActionsProps) {
  const texts = useTexts()
  return (
    <SpaceBetween size="m" direction="horizontal">
      <Allowed
        action="start-verification"
        place={{ cluster: row.cluster, namespace: row.namespace }}
        what={texts.verifyNow}
      >
        <Button
          variant="inline-link"
          disabled={isStarting}
          ariaLabel={texts.verifyNowWhat(nameOf(row))}
          onClick={onVerify}
        >
          {texts.verifyNow}
        </Button>
      </Allowed>
      <Button variant="inline-link" ariaLabel={texts.manifestOf(nameOf(row))} onClick={onManifest}>
        {texts.manifest}
      </Button>
    </SpaceBetween>
  )
}

function workloadNameOf({ cluster, namespace, serviceAccount }: WorkloadRow): WorkloadName {
  return { cluster, namespace, serviceAccount }
}
