import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import type { Operation } from '../../../../client/api.ts'
import { foundSeverity } from '../../../../client/severity.ts'
import { ClusterLink, operationPath, PageLink } from '../../parts/follow.tsx'
import { FoundDrift } from '../../parts/severity.tsx'
import { OperationStatus } from '../../parts/statuses.tsx'
import { Time, Took } from '../../parts/time.tsx'
import { useTexts } from '../../texts/context.ts'

export function Overview({ operation }: { readonly operation: Operation }) {
  const texts = useTexts()
  const severity = foundSeverity(operation)
  const { status, cluster, requestedBy, createdAt, endedAt, broughtAboutBy } = operation
  return (
    <Container header={<Header variant="h2">{texts.overview}</Header>}>
      <KeyValuePairs
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
    </Container>
  )
}
