import Alert from '@cloudscape-design/components/alert'
import Checkbox from '@cloudscape-design/components/checkbox'
import { useState } from 'react'
import { revokeSigningKey, useStart } from '../../api/start.ts'
import { Allowed } from '../../parts/allowed.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { useTexts } from '../../texts/context.ts'

interface RevokeDialogProps {
  readonly cluster: string
  readonly kid: string
  readonly onClose: () => void
}

/** Warns before it revokes a key, because a revoked key is never published again. */
export function RevokeDialog({ cluster, kid, onClose }: RevokeDialogProps) {
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
      <Allowed action="force" place={{ cluster }} what={texts.force}>
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
