import Button from '@cloudscape-design/components/button'
import type { TableProps } from '@cloudscape-design/components/table'
import { useQuery } from '@tanstack/react-query'
import type { ClusterSummary } from '../../../client/api.ts'
import { clustersQuery } from '../api/queries.ts'
import { Allowed } from '../parts/allowed.tsx'
import { ClusterLink, useFollow } from '../parts/follow.tsx'
import { Empty } from '../parts/list.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Rows } from '../parts/rows.tsx'
import { ConnectionStatus, HealthStatus } from '../parts/statuses.tsx'
import { Time } from '../parts/time.tsx'
import { useTexts } from '../settings/context.ts'
import type { Texts } from '../texts/en.ts'

export default function Clusters() {
  const texts = useTexts()
  const follow = useFollow()
  return (
    <>
      <title>{texts.clusters}</title>
      <Loaded query={useQuery(clustersQuery)} title={texts.clusters}>
        {(clusters) => (
          <Rows
            title={texts.clusters}
            level="h1"
            count={clusters.length}
            actions={
              <Allowed action="start-setup" scope={{}} what={texts.newSetup}>
                <Button variant="primary" href="/new-setup" onFollow={follow}>
                  {texts.newSetup}
                </Button>
              </Allowed>
            }
            search={{ label: texts.filterClusters, textsOf: ({ name, provider }) => [name, provider] }}
            empty={<Empty title={texts.noClusters} detail={texts.noClustersDetail} />}
            rows={clusters}
            trackBy="name"
            columns={[
              { id: 'name', header: texts.cluster, isRowHeader: true, cell: ({ name }) => <ClusterLink name={name} /> },
              { id: 'state', header: texts.state, cell: ({ health }) => <HealthStatus health={health} /> },
              { id: 'provider', header: texts.provider, cell: ({ provider }) => provider },
              ...(clusters.some(({ connection }) => connection === 'agent') ? [connectionColumn(texts)] : []),
              { id: 'verified', header: texts.lastProof, cell: ({ verifiedAt }) => <Time at={verifiedAt} /> },
              { id: 'updated', header: texts.lastChange, cell: ({ updatedAt }) => <Time at={updatedAt} /> },
            ]}
          />
        )}
      </Loaded>
    </>
  )
}

function connectionColumn({ connection }: Texts): TableProps.ColumnDefinition<ClusterSummary> {
  return { id: 'connection', header: connection.title, cell: (cluster) => <ConnectionStatus cluster={cluster} /> }
}
