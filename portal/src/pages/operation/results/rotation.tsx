import Header from '@cloudscape-design/components/header'
import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator'
import type { TableProps } from '@cloudscape-design/components/table'
import type { RotationResult } from '../../../api/client.ts'
import { ClusterLink, operationPath, PageLink } from '../../../parts/follow.tsx'
import { Empty } from '../../../parts/list.tsx'
import { Rows } from '../../../parts/rows.tsx'
import { useTexts } from '../../../texts/context.ts'
import type { Texts } from '../../../texts/en.ts'

type Rotated = RotationResult['clusters'][number]

/** The rotation's changes to each completed cluster. */
export function Rotation({ clusters }: { readonly clusters: readonly Rotated[] }) {
  const texts = useTexts()
  return (
    <Rows
      header={
        <Header variant="h2" counter={`(${clusters.length})`}>
          {texts.clusters}
        </Header>
      }
      empty={<Empty title={texts.none} />}
      rows={clusters}
      trackBy="cluster"
      columns={columns(texts)}
      label={texts.clusters}
    />
  )
}

function signOf(outcome: Rotated['outcome']): StatusIndicatorProps.Type {
  if (outcome === 'failed') return 'error'
  return outcome === 'skipped' ? 'stopped' : 'success'
}

function columns(texts: Texts): TableProps.ColumnDefinition<Rotated>[] {
  return [
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
  ]
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
