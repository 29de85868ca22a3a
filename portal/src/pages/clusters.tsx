import Button from '@cloudscape-design/components/button'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { ClusterSummary } from '../../../client/api.ts'
import { clustersQuery } from '../api/queries.ts'
import { Allowed } from '../parts/allowed.tsx'
import { ClusterLink, useFollow } from '../parts/follow.tsx'
import { Empty, Filter, hasText, NoMatch } from '../parts/list.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Rows } from '../parts/rows.tsx'
import { HealthStatus } from '../parts/statuses.tsx'
import { Time } from '../parts/time.tsx'
import { useTexts } from '../settings/context.ts'

export default function Clusters() {
  const texts = useTexts()
  return (
    <>
      <title>{texts.clusters}</title>
      <Loaded query={useQuery(clustersQuery)} title={texts.clusters}>
        {(clusters) => <List clusters={clusters} />}
      </Loaded>
    </>
  )
}

function List({ clusters }: { readonly clusters: readonly ClusterSummary[] }) {
  const texts = useTexts()
  const follow = useFollow()
  const [filter, setFilter] = useState('')
  const shown = clusters.filter(({ name, provider }) => hasText(filter, [name, provider]))
  return (
    <Rows
      title={texts.clusters}
      level="h1"
      count={clusters.length}
      actions={
        <Allowed action="start-setup" place={{}} what={texts.newSetup}>
          <Button variant="primary" href="/new-setup" onFollow={follow}>
            {texts.newSetup}
          </Button>
        </Allowed>
      }
      filter={<Filter text={filter} onChange={setFilter} label={texts.filterClusters} count={shown.length} />}
      empty={
        filter === '' ? (
          <Empty title={texts.noClusters} detail={texts.noClustersDetail} />
        ) : (
          <NoMatch onClear={() => setFilter('')} />
        )
      }
      rows={shown}
      trackBy="name"
      columns={[
        { id: 'name', header: texts.cluster, isRowHeader: true, cell: ({ name }) => <ClusterLink name={name} /> },
        { id: 'state', header: texts.state, cell: ({ health }) => <HealthStatus health={health} /> },
        { id: 'provider', header: texts.provider, cell: ({ provider }) => provider },
        { id: 'verified', header: texts.lastProof, cell: ({ verifiedAt }) => <Time at={verifiedAt} /> },
        { id: 'updated', header: texts.lastChange, cell: ({ updatedAt }) => <Time at={updatedAt} /> },
      ]}
    />
  )
}
