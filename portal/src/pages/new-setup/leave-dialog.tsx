import Button from '@cloudscape-design/components/button'
import { Dialog } from '../../parts/dialog.tsx'
import { useSetupTexts } from './texts/use.ts'

interface LeaveDialogProps {
  readonly onLeave: () => void
  readonly onStay: () => void
}

export function LeaveDialog({ onLeave, onStay }: LeaveDialogProps) {
  const texts = useSetupTexts()
  return (
    <Dialog
      header={texts.leaveTitle}
      onClose={onStay}
      buttons={
        <>
          <Button variant="link" onClick={onLeave}>
            {texts.leave}
          </Button>
          <Button variant="primary" onClick={onStay}>
            {texts.stay}
          </Button>
        </>
      }
    >
      {texts.leaveDetail}
    </Dialog>
  )
}
