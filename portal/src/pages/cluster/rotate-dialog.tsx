import Button from '@cloudscape-design/components/button'
import { rotate, useStart } from '../../api/start.ts'
import { Dialog } from '../../parts/dialog.tsx'
import { ProblemAlert } from '../../parts/problem.tsx'
import { useTexts } from '../../texts/context.ts'

/** Warns before it starts, because a rotation affects all clusters. */
export function RotateDialog({ onClose }: { readonly onClose: () => void }) {
  const texts = useTexts()
  const start = useStart(rotate)
  const isStarting = (dryRun: boolean) => start.isPending && start.variables?.dryRun === dryRun
  return (
    <Dialog
      header={texts.rotateTitle}
      onClose={onClose}
      buttons={
        <>
          <Button variant="link" loading={isStarting(true)} onClick={() => start.mutate({ dryRun: true })}>
            {texts.reportOnly}
          </Button>
          <Button variant="primary" loading={isStarting(false)} onClick={() => start.mutate({ dryRun: false })}>
            {texts.carryOut.rotation}
          </Button>
        </>
      }
    >
      <div>{texts.rotateDetail}</div>
      {start.error && <ProblemAlert error={start.error} />}
    </Dialog>
  )
}
