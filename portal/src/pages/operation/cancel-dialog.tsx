import Button from '@cloudscape-design/components/button'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { operationQuery } from '../../api/queries.ts'
import { cancel } from '../../api/start.ts'
import { Dialog } from '../../parts/dialog.tsx'
import { ProblemAlert } from '../../parts/problem.tsx'
import { useTexts } from '../../texts/context.ts'

interface CancelDialogProps {
  readonly operationId: string
  readonly onClose: () => void
}

export function CancelDialog({ operationId, onClose }: CancelDialogProps) {
  const texts = useTexts()
  const queries = useQueryClient()
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => cancel(operationId),
    onSuccess: async () => {
      onClose()
      await queries.invalidateQueries({ queryKey: operationQuery(operationId).queryKey })
    },
  })
  return (
    <Dialog
      header={texts.cancelTitle}
      onClose={onClose}
      buttons={
        <>
          <Button variant="link" onClick={onClose}>
            {texts.keepRunning}
          </Button>
          <Button variant="primary" loading={isPending} onClick={() => mutate()}>
            {texts.cancel}
          </Button>
        </>
      }
    >
      <div>{texts.cancelDetail}</div>
      {error && <ProblemAlert error={error} />}
    </Dialog>
  )
}
