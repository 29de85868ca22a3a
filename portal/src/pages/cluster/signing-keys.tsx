import Alert from '@cloudscape-design/components/alert'
import Button from '@cloudscape-design/components/button'
import Checkbox from '@cloudscape-design/components/checkbox'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import type { TableProps } from '@cloudscape-design/components/table'
import { useState } from 'react'
import type { Cluster } from '../../../../client/api.ts'
import { refreshSigningKeys, revokeSigningKey } from '../../../../client/starts.ts'
import { useStart } from '../../api/start.ts'
import { Allowed } from '../../parts/allowed.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { ProblemAlert } from '../../parts/problem.tsx'
import { Rows } from '../../parts/rows.tsx'
import { Time } from '../../parts/time.tsx'
import { useTexts } from '../../settings/context.ts'
import type { Texts } from '../../texts/en.ts'
import { recordedSpec } from './recorded-spec.ts'

interface Key {
  readonly kid: string
  readonly thumbprint: string
  readonly missingSince?: string
  readonly revokedAt?: string
  readonly revokedBy?: string
}

/** The cluster's published and revoked keys. Shows nothing when the deployment does not host the issuer. */
export function SigningKeys({ cluster: { name, spec, status } }: { readonly cluster: Cluster }) {
  const texts = useTexts()
  const [keyToRevoke, chooseKey] = useState<string>()
  const refresh = useStart(refreshSigningKeys)
  if (!recordedSpec(spec).isHosted) return null
  const { publishedKeys = [], revokedKeys = [] } = status
  return (
    <SpaceBetween size="l">
      {refresh.error && <ProblemAlert error={refresh.error} />}
      <Rows<Key>
        title={texts.signingKeys}
        count={publishedKeys.length}
        detail={texts.signingKeysDetail}
        actions={
          <Allowed action="refresh-signing-keys" scope={{ cluster: name }} what={texts.publishNow}>
            <Button loading={refresh.isPending} onClick={() => refresh.mutate(name)}>
              {texts.publishNow}
            </Button>
          </Allowed>
        }
        empty={texts.none}
        rows={[...publishedKeys, ...revokedKeys]}
        trackBy="kid"
        columns={columns(texts, name, chooseKey)}
      />
      {keyToRevoke !== undefined && (
        <RevokeDialog cluster={name} kid={keyToRevoke} onClose={() => chooseKey(undefined)} />
      )}
    </SpaceBetween>
  )
}

function columns(texts: Texts, cluster: string, onRevoke: (kid: string) => void): TableProps.ColumnDefinition<Key>[] {
  return [
    { id: 'kid', header: texts.keyId, isRowHeader: true, minWidth: 200, cell: ({ kid }) => <code>{kid}</code> },
    { id: 'state', header: texts.state, minWidth: 220, cell: (key) => <KeyState of={key} /> },
    {
      id: 'actions',
      header: texts.actions,
      minWidth: 130,
      cell: ({ kid, revokedAt }) =>
        revokedAt === undefined && (
          <Allowed action="revoke-signing-key" scope={{ cluster }} what={texts.revoke}>
            <Button variant="inline-link" ariaLabel={texts.revokeTitle(kid)} onClick={() => onRevoke(kid)}>
              {texts.revoke}
            </Button>
          </Allowed>
        ),
    },
    { id: 'by', header: texts.revokedBy, minWidth: 160, cell: ({ revokedBy }) => revokedBy ?? '–' },
  ]
}

function KeyState({ of: { missingSince, revokedAt } }: { readonly of: Key }) {
  const texts = useTexts()
  if (revokedAt !== undefined) {
    return (
      <StatusIndicator type="stopped">
        {texts.revokedKey} (<Time at={revokedAt} />)
      </StatusIndicator>
    )
  }
  if (missingSince === undefined) return <StatusIndicator type="success">{texts.publishedKey}</StatusIndicator>
  return (
    <StatusIndicator type="warning">
      {texts.missingSince} <Time at={missingSince} />
    </StatusIndicator>
  )
}

interface RevokeDialogProps {
  readonly cluster: string
  readonly kid: string
  readonly onClose: () => void
}

/** Warns before it revokes a key, because a revoked key is not published again before a teardown of the cluster. */
function RevokeDialog({ cluster, kid, onClose }: RevokeDialogProps) {
  const texts = useTexts()
  const [force, setForce] = useState(false)
  const start = useStart(revokeSigningKey)
  return (
    <Dialog
      header={texts.revokeTitle(kid)}
      onClose={onClose}
      secondary={{ text: texts.keep, onClick: onClose }}
      primary={{
        text: texts.revokeNow,
        loading: start.isPending,
        onClick: () => start.mutate({ cluster, kid, force }),
      }}
      error={start.error}
    >
      <Alert type="warning">{texts.revokeDetail}</Alert>
      <Allowed action="force" scope={{ cluster }} what={texts.force}>
        <Checkbox
          checked={force}
          onChange={({ detail }) => setForce(detail.checked)}
          description={texts.forceRevokeDetail}
        >
          {texts.force}
        </Checkbox>
      </Allowed>
    </Dialog>
  )
}
