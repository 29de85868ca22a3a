import { lookForDrift } from '../../../../client/starts.ts'
import { repair, useStart } from '../../api/start.ts'
import { Dialog } from '../../parts/dialog.tsx'
import { useTexts } from '../../texts/context.ts'

interface RepairDialogProps {
  readonly cluster: string
  readonly onClose: () => void
}

/** Sends the recorded spec again, or first starts a drift that shows the changes. */
export function RepairDialog({ cluster, onClose }: RepairDialogProps) {
  const texts = useTexts()
  const drift = useStart(lookForDrift)
  const setup = useStart(repair)
  return (
    <Dialog
      header={texts.repairTitle(cluster)}
      onClose={onClose}
      secondary={{ text: texts.lookFirst, loading: drift.isPending, onClick: () => drift.mutate(cluster) }}
      primary={{ text: texts.next.repair, loading: setup.isPending, onClick: () => setup.mutate(cluster) }}
      error={drift.error ?? setup.error}
    >
      <div>{texts.repairDetail}</div>
    </Dialog>
  )
}
