import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import type { Cluster } from '../../../../client/api.ts'
import { Copyable } from '../../parts/copyable.tsx'
import { type Reconcile, reconcileTexts } from '../../parts/reconcile-texts.ts'
import { HealthStatus } from '../../parts/statuses.tsx'
import { Time } from '../../parts/time.tsx'
import { useSettings } from '../../settings/context.ts'
import type { Language } from '../../settings/language.ts'
import { useTexts } from '../../texts/context.ts'
import { LastDrift } from './last-drift.tsx'
import { recordedSpec } from './recorded-spec.ts'

export function Overview({ cluster: recorded }: { readonly cluster: Cluster }) {
  const texts = useTexts()
  const { language } = useSettings()
  const { name: cluster, provider, health, verifiedAt, updatedAt, status } = recorded
  const { reconcile } = recordedSpec(recorded.spec)
  const { providerArn, cluster: found, credentials, thumbprints } = status
  const unknown = texts.clusterStates.unknown
  const name = (text: string | undefined, what: string, otherwise: string) =>
    text === undefined ? otherwise : <Copyable text={text} what={what} />
  return (
    <Container header={<Header variant="h2">{texts.overview}</Header>}>
      <KeyValuePairs
        columns={3}
        items={[
          { label: texts.state, value: <HealthStatus health={health} /> },
          { label: texts.lastProof, value: <Time at={verifiedAt} /> },
          { label: texts.lastDrift, value: <LastDrift cluster={cluster} /> },
          ...(reconcile === 'report' ? [] : [scheduledDrift(reconcile, language)]),
          { label: texts.lastChange, value: <Time at={updatedAt} /> },
          { label: texts.provider, value: provider },
          { label: texts.kubernetes, value: found?.kubernetesVersion ?? unknown },
          // Only known for Anthos clusters on AWS that a setup has created.
          ...(found?.region === undefined ? [] : [{ label: texts.region, value: found.region }]),
          ...(credentials?.endsAt === undefined
            ? []
            : [
                { label: texts.credentialsEnd, value: <CredentialsEnd {...credentials} endsAt={credentials.endsAt} /> },
              ]),
          { label: texts.issuer, value: name(found?.issuerUrl, texts.issuer, unknown) },
          { label: texts.oidcProvider, value: name(providerArn, texts.oidcProvider, texts.none) },
          {
            label: texts.thumbprints,
            value: thumbprints.length === 0 ? texts.beforeRotation : thumbprints.map(thumbprintLine),
          },
        ]}
      />
    </Container>
  )
}

/** The cluster's setting for scheduled drifts. The default only reports. */
function scheduledDrift(reconcile: Reconcile, language: Language) {
  const { title, modes } = reconcileTexts[language]
  const { label, detail } = modes[reconcile]
  return { label: title, value: `${label}: ${detail}` }
}

function thumbprintLine(thumbprint: string) {
  return (
    <div key={thumbprint}>
      <code>{thumbprint}</code>
    </div>
  )
}

/** The time until which the deployment can reach the cluster. */
function CredentialsEnd({ endsAt, renewed = false }: { readonly endsAt: string; readonly renewed?: boolean }) {
  const texts = useTexts()
  return (
    <>
      <Time at={endsAt} />
      {renewed && ` (${texts.credentialsRenewed})`}
    </>
  )
}
