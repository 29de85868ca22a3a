import { rotate } from '../../../../client/starts.ts'
import { useStart } from '../../api/start.ts'
import { Dialog } from '../../parts/dialog.tsx'
import { useTexts } from '../../texts/context.ts'

/** Warns before it starts, because a rotation affects all clusters. */
export function RotateDialog({ onClose }: { readonly onClose: () => void }) {
  const texts = useTexts()
  const start = useStart(rotate)
  const button = (text: string, dryRun: boolean) => ({
    text,
    loading: start.isPending && start.variables?.dryRun === dryRun,
    onClick: () => start.mutate({ dryRun }),
  })
  return (
    <Dialog
      header={texts.rotateTitle}
      onClose={onClose}
      secondary={button(texts.reportOnly, true)}
      primary={button(texts.carryOut.rotation, false)}
      error={start.error}
    >
      <div>{texts.rotateDetail}</div>
    </Dialog>
  )
}
