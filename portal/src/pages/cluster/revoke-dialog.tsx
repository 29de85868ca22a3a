import Alert from '@cloudscape-design/components/alert'
import Button from '@cloudscape-design/components/button'
import Checkbox from '@cloudscape-design/components/checkbox'
import { useState } from 'react'
import { revokeSigningKey, useStart } from '../../api/start.ts'
import { Allowed } from '../../parts/allowed.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { ProblemAlert } from '../../parts/problem.tsx'
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
      buttons={
        <>
          <Button variant="link" onClick={onClose}>
            {texts.keep}
          </Button>
          <Button variant="primary" loading={start.isPending} onClick={() => start.mutate({ cluster, kid, force })}>
            {texts.revokeNow}
          </Button>
        </>
      }
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
      {start.error && <ProblemAlert error={start.error} />}
    </Dialog>
  )
}
