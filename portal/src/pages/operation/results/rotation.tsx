import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator'
import type { RotationResult } from '../../../../../client/api.ts'
import { ClusterLink, operationPath, PageLink } from '../../../parts/follow.tsx'
import { Rows } from '../../../parts/rows.tsx'
import { useTexts } from '../../../texts/context.ts'

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
