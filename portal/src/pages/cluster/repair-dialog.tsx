import Button from '@cloudscape-design/components/button'
import { lookForDrift, repair, useStart } from '../../api/start.ts'
import { Dialog } from '../../parts/dialog.tsx'
import { ProblemAlert } from '../../parts/problem.tsx'
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
  const error = drift.error ?? setup.error
  return (
    <Dialog
      header={texts.repairTitle(cluster)}
      onClose={onClose}
      buttons={
        <>
          <Button variant="link" loading={drift.isPending} onClick={() => drift.mutate(cluster)}>
            {texts.lookFirst}
          </Button>
          <Button variant="primary" loading={setup.isPending} onClick={() => setup.mutate(cluster)}>
            {texts.next.repair}
          </Button>
        </>
      }
    >
      <div>{texts.repairDetail}</div>
      {error && <ProblemAlert error={error} />}
    </Dialog>
  )
}
