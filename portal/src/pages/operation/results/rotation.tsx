import Alert from '@cloudscape-design/components/alert'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator'
import type { RotationResult, SigningKeysResult } from '../../../../../client/api.ts'
import { ClusterLink, operationPath, PageLink } from '../../../parts/follow.tsx'
import { Rows } from '../../../parts/rows.tsx'
import { Time } from '../../../parts/time.tsx'
import { useTexts } from '../../../settings/context.ts'
import { Named } from './named.tsx'

type Rotated = RotationResult['clusters'][number]

/** The rotation's changes to each completed cluster. */
export function Rotation({ clusters }: { readonly clusters: readonly Rotated[] }) {
  const texts = useTexts()
  return (
    <Rows
      title={texts.clusters}
      count={clusters.length}
      empty={texts.none}
      rows={clusters}
      trackBy="cluster"
      columns={[
        {
          id: 'cluster',
          header: texts.cluster,
          isRowHeader: true,
          minWidth: 140,
          cell: ({ cluster }) => <ClusterLink name={cluster} />,
        },
        {
          id: 'outcome',
          header: texts.outcome,
          minWidth: 200,
          cell: ({ outcome }) => (
            <StatusIndicator type={signOf(outcome)}>{texts.rotationOutcomes[outcome]}</StatusIndicator>
          ),
        },
        { id: 'detail', header: texts.detail, minWidth: 280, cell: (rotated) => <Detail rotated={rotated} /> },
        {
          id: 'proof',
          header: texts.verifiedAfterwards,
          minWidth: 140,
          cell: ({ verificationId, notVerified }) =>
            verificationId === undefined ? (
              (notVerified ?? '–')
            ) : (
              <PageLink to={operationPath(verificationId)}>{texts.kinds.verification}</PageLink>
            ),
        },
      ]}
    />
  )
}

function signOf(outcome: Rotated['outcome']): StatusIndicatorProps.Type {
  if (outcome === 'failed') return 'error'
  return outcome === 'skipped' ? 'stopped' : 'success'
}

function Detail({ rotated: { why, error, added = [], removed = [] } }: { readonly rotated: Rotated }) {
  const texts = useTexts()
  return (
    <>
      {why}
      {error && `${error.object}: ${error.reason}. ${error.action}`}
      {added.map((thumbprint) => (
        <div key={thumbprint}>
          {texts.thumbprintAdded} <code>{thumbprint}</code>
        </div>
      ))}
      {removed.map((thumbprint) => (
        <div key={thumbprint}>
          {texts.thumbprintRemoved} <code>{thumbprint}</code>
        </div>
      ))}
    </>
  )
}

/** The published and the revoked keys, and when AWS applies the change. */
export function SigningKeys({ keys: { published, added, kept, revoked, takesEffect } }: SigningKeysProps) {
  const texts = useTexts()
  const until = new Map(kept.map((one) => [one.kid, one.until]))
  const stateOf = (kid: string) => {
    const end = until.get(kid)
    if (end !== undefined) return <KeptUntil at={end} />
    return added.includes(kid) ? texts.newlyPublished : texts.publishedKey
  }
  return (
    <SpaceBetween size="l">
      <Alert type="info" header={texts.takesEffect}>
        {takesEffect}
      </Alert>
      <Named
        title={texts.signingKeys}
        columns={{ object: texts.keyId, detail: texts.state }}
        rows={[
          ...published.map((kid) => ({ object: kid, detail: stateOf(kid) })),
          ...revoked.map((kid) => ({ object: kid, detail: texts.revokedKey })),
        ]}
      />
    </SpaceBetween>
  )
}

interface SigningKeysProps {
  readonly keys: SigningKeysResult
}

function KeptUntil({ at }: { readonly at: string }) {
  const texts = useTexts()
  return (
    <>
      {texts.keptUntil} <Time at={at} />
    </>
  )
}
