import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import type { Cluster } from '../../api/client.ts'
import { Copyable } from '../../parts/copyable.tsx'
import { HealthStatus } from '../../parts/statuses.tsx'
import { Time } from '../../parts/time.tsx'
import { useTexts } from '../../texts/context.ts'
import { LastDrift } from './last-drift.tsx'

export function Overview({ cluster: recorded }: { readonly cluster: Cluster }) {
  const texts = useTexts()
  const { name: cluster, provider, health, verifiedAt, updatedAt, status } = recorded
  const { providerArn, cluster: found, credentials, thumbprints } = status
  const name = (text: string | undefined, what: string) =>
    text === undefined ? texts.none : <Copyable text={text} what={what} />
  return (
    <Container header={<Header variant="h2">{texts.overview}</Header>}>
      <KeyValuePairs
        columns={3}
        items={[
          { label: texts.state, value: <HealthStatus health={health} /> },
          { label: texts.lastProof, value: <Time at={verifiedAt} /> },
          { label: texts.lastDrift, value: <LastDrift cluster={cluster} /> },
          { label: texts.lastChange, value: <Time at={updatedAt} /> },
          { label: texts.provider, value: provider },
          { label: texts.kubernetes, value: found?.kubernetesVersion ?? texts.none },
          { label: texts.region, value: found?.region ?? texts.none },
          { label: texts.credentialsEnd, value: <CredentialsEnd credentials={credentials} /> },
          { label: texts.issuer, value: name(found?.issuerUrl, texts.issuer) },
          { label: texts.oidcProvider, value: name(providerArn, texts.oidcProvider) },
          {
            label: texts.thumbprints,
            value: thumbprints.length === 0 ? texts.beforeRotation : thumbprints.map(thumbprintLine),
          },
        ]}
      />
    </Container>
  )
}

function thumbprintLine(thumbprint: string) {
  return (
    <div key={thumbprint}>
      <code>{thumbprint}</code>
    </div>
  )
}

/** Until when the deployment can reach the cluster. */
function CredentialsEnd({ credentials }: { readonly credentials: Cluster['status']['credentials'] }) {
  const texts = useTexts()
  if (credentials?.endsAt === undefined) return texts.none
  return (
    <>
      <Time at={credentials.endsAt} />
      {credentials.renewed && ` (${texts.credentialsRenewed})`}
    </>
  )
}
