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
      secondary={{ text: texts.leave, onClick: onLeave }}
      primary={{ text: texts.stay, onClick: onStay }}
    >
      {texts.leaveDetail}
    </Dialog>
  )
}
