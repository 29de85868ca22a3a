import { useQuery } from '@tanstack/react-query'
import type { Cluster, Operation } from '../../../../client/api.ts'
import { foundSeverity } from '../../../../client/severity.ts'
import { operationQuery, operationsQuery } from '../../api/queries.ts'
import { Copyable } from '../../parts/copyable.tsx'
import { Facts } from '../../parts/facts.tsx'
import { operationPath, PageLink } from '../../parts/follow.tsx'
import { type Reconcile, reconcileTexts } from '../../parts/reconcile-texts.ts'
import { ConnectionStatus, HealthStatus, OperationStatus } from '../../parts/statuses.tsx'
import { Time } from '../../parts/time.tsx'
import { useSettings, useTexts } from '../../settings/context.ts'
import type { Language } from '../../settings/language.ts'
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
    <Facts
      title={texts.overview}
      columns={3}
      items={[
        { label: texts.state, value: <HealthStatus health={health} /> },
        { label: texts.lastProof, value: <Time at={verifiedAt} /> },
        { label: texts.lastDrift, value: <LastDrift cluster={cluster} /> },
        ...(reconcile === 'report' ? [] : [scheduledDrift(reconcile, language)]),
        { label: texts.lastChange, value: <Time at={updatedAt} /> },
        { label: texts.provider, value: provider },
        { label: texts.connection.title, value: <ConnectionStatus cluster={recorded} /> },
        { label: texts.kubernetes, value: found?.kubernetesVersion ?? unknown },
        // Only known for Anthos clusters on AWS that a setup has created.
        ...(found?.region === undefined ? [] : [{ label: texts.region, value: found.region }]),
        ...(credentials?.endsAt === undefined
          ? []
          : [{ label: texts.credentialsEnd, value: <CredentialsEnd {...credentials} endsAt={credentials.endsAt} /> }]),
        { label: texts.issuer, value: name(found?.issuerUrl, texts.issuer, unknown) },
        { label: texts.oidcProvider, value: name(providerArn, texts.oidcProvider, texts.none) },
        {
          label: texts.thumbprints,
          value: thumbprints.length === 0 ? texts.beforeRotation : thumbprints.map(thumbprintLine),
        },
      ]}
    />
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

/** The time and result of the latest drift. */
function LastDrift({ cluster }: { readonly cluster: string }) {
  const texts = useTexts()
  const { data } = useQuery(operationsQuery({ cluster, kind: 'drift' }, 1))
  const [last] = data ?? []
  if (data === undefined) return texts.loading
  return last === undefined ? texts.never : <Report operationId={last.operationId} />
}

function Report({ operationId }: { readonly operationId: string }) {
  const texts = useTexts()
  const { data } = useQuery(operationQuery(operationId))
  if (data === undefined) return texts.loading
  return (
    <>
      <PageLink to={operationPath(operationId)}>
        <Time at={data.createdAt} />
      </PageLink>
      <div>
        <Outcome operation={data} />
      </div>
    </>
  )
}

function Outcome({ operation: { status, result } }: { readonly operation: Operation }) {
  const texts = useTexts()
  if (result === undefined || !('missing' in result)) return <OperationStatus status={status} />
  const found = texts.driftFound(result.summary)
  const severity = foundSeverity({ result })
  return severity === undefined ? found : `${found} (${texts.severities[severity]})`
}
