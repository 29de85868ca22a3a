import Button from '@cloudscape-design/components/button'
import ButtonDropdown from '@cloudscape-design/components/button-dropdown'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { type ReactNode, useMemo, useState } from 'react'
import { useNavigate } from 'react-router'
import type { Cluster } from '../../../../client/api.ts'
import { lookForDrift, verify } from '../../../../client/starts.ts'
import { useStart } from '../../api/start.ts'
import { Allowed, disabledFor, useReason } from '../../parts/allowed.tsx'
import TeardownDialog from '../../parts/teardown-dialog.tsx'
import { useTexts } from '../../settings/context.ts'
import { RepairDialog, RotateDialog, UpgradeDialog } from './dialogs.tsx'
import { recordedSpec } from './recorded-spec.ts'

/** Actions that prompt before they start. */
type DialogAction = 'repair' | 'upgrade' | 'rotate' | 'tearDown'

/** The buttons for a cluster's actions, and the API's rejection of the last action. */
export function useActions(cluster: Cluster): { readonly buttons: ReactNode; readonly error: Error | null } {
  const texts = useTexts()
  const [dialog, setDialog] = useState<DialogAction>()
  const verification = useStart(verify)
  const drift = useStart(lookForDrift)
  const { name } = cluster
  const buttons = (
    <SpaceBetween size="xs" direction="horizontal" alignItems="center">
      <Menu cluster={name} onOpen={setDialog} />
      <Allowed action="start-drift" scope={{ cluster: name }} what={texts.lookForDrift}>
        <Button loading={drift.isPending} onClick={() => drift.mutate(name)}>
          {texts.lookForDrift}
        </Button>
      </Allowed>
      <Allowed action="start-verification" scope={{ cluster: name }} what={texts.verifyAll}>
        <Button
          variant="primary"
          loading={verification.isPending}
          onClick={() => verification.mutate({ cluster: name })}
        >
          {texts.verifyAll}
        </Button>
      </Allowed>
      {dialog && <ActionDialog dialog={dialog} cluster={cluster} onClose={() => setDialog(undefined)} />}
    </SpaceBetween>
  )
  return { buttons, error: verification.error ?? drift.error }
}

/** The less frequent actions. A disabled entry says which roles may use it. */
function Menu({ cluster, onOpen }: { readonly cluster: string; readonly onOpen: (dialog: DialogAction) => void }) {
  const texts = useTexts()
  const navigate = useNavigate()
  const [ofSetup, ofUpgrade, ofRotation, ofTeardown] = [
    useReason('start-setup', { cluster }),
    useReason('put-cluster', { cluster }),
    useReason('start-rotation', {}),
    useReason('tear-down-cluster', { cluster }),
  ]
  // Memoized, because a new array would remove the highlight of the current entry.
  const items = useMemo(
    () => [
      { id: 'change', text: texts.menuOfCluster.change, ...disabledFor(ofSetup) },
      { id: 'repair', text: texts.menuOfCluster.repair, ...disabledFor(ofSetup) },
      { id: 'upgrade', text: texts.menuOfCluster.upgrade, ...disabledFor(ofUpgrade) },
      { id: 'rotate', text: texts.menuOfCluster.rotate, ...disabledFor(ofRotation) },
      { id: 'tearDown', text: texts.menuOfCluster.tearDown, ...disabledFor(ofTeardown) },
    ],
    [texts, ofSetup, ofUpgrade, ofRotation, ofTeardown],
  )
  return (
    <ButtonDropdown
      items={items}
      onItemClick={({ detail }) => {
        if (opensDialog(detail.id)) onOpen(detail.id)
        else void navigate(`/new-setup?cluster=${encodeURIComponent(cluster)}`)
      }}
    >
      {texts.actions}
    </ButtonDropdown>
  )
}

function opensDialog(id: string): id is DialogAction {
  return ['repair', 'upgrade', 'rotate', 'tearDown'].includes(id)
}

interface ActionDialogProps {
  readonly dialog: DialogAction
  readonly cluster: Cluster
  readonly onClose: () => void
}

function ActionDialog({ dialog, cluster, onClose }: ActionDialogProps) {
  const { name, spec } = cluster
  const { isCreatedBySetup, webhook } = recordedSpec(spec)
  switch (dialog) {
    case 'repair':
      return <RepairDialog cluster={name} onClose={onClose} />
    case 'upgrade':
      return <UpgradeDialog cluster={cluster} webhook={webhook} onClose={onClose} />
    case 'rotate':
      return <RotateDialog onClose={onClose} />
    case 'tearDown':
      return <TeardownDialog cluster={name} canDeleteCluster={isCreatedBySetup} onClose={onClose} />
  }
}
