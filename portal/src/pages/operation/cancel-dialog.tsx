import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Modal from '@cloudscape-design/components/modal'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { operationQuery } from '../../api/queries.ts'
import { cancel } from '../../api/start.ts'
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
    <Modal
      visible
      header={texts.cancelTitle}
      closeAriaLabel={texts.close}
      onDismiss={onClose}
      footer={
        <Box float="right">
          <SpaceBetween size="xs" direction="horizontal">
            <Button variant="link" onClick={onClose}>
              {texts.keepRunning}
            </Button>
            <Button variant="primary" loading={isPending} onClick={() => mutate()}>
              {texts.cancel}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <div>{texts.cancelDetail}</div>
        {error && <ProblemAlert error={error} />}
      </SpaceBetween>
    </Modal>
  )
}
