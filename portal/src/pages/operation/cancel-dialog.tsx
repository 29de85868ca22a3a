import { useMutation, useQueryClient } from '@tanstack/react-query'
import { cancel } from '../../../../client/starts.ts'
import { api } from '../../api/client.ts'
import { operationQuery } from '../../api/queries.ts'
import { Dialog } from '../../parts/dialog.tsx'
import { useTexts } from '../../texts/context.ts'

interface CancelDialogProps {
  readonly operationId: string
  readonly onClose: () => void
}

export function CancelDialog({ operationId, onClose }: CancelDialogProps) {
  const texts = useTexts()
  const queries = useQueryClient()
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => cancel(api, operationId),
    onSuccess: async () => {
      onClose()
      await queries.invalidateQueries({ queryKey: operationQuery(operationId).queryKey })
    },
  })
  return (
    <Dialog
      header={texts.cancelTitle}
      onClose={onClose}
      secondary={{ text: texts.keepRunning, onClick: onClose }}
      primary={{ text: texts.cancel, loading: isPending, onClick: () => mutate() }}
      error={error}
    >
      <div>{texts.cancelDetail}</div>
    </Dialog>
  )
}
