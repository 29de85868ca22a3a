import Box from '@cloudscape-design/components/box'
import Modal, { type ModalProps } from '@cloudscape-design/components/modal'
import SpaceBetween from '@cloudscape-design/components/space-between'
import type { ReactNode } from 'react'
import { useTexts } from '../texts/context.ts'

interface DialogProps extends Pick<ModalProps, 'header' | 'size' | 'children'> {
  readonly buttons: ReactNode
  readonly onClose: () => void
}

export function Dialog({ header, size, buttons, onClose, children }: DialogProps) {
  const texts = useTexts()
  return (
    <Modal
      visible
      header={header}
      {...(size && { size })}
      closeAriaLabel={texts.close}
      onDismiss={onClose}
      footer={
        <Box float="right">
          <SpaceBetween size="xs" direction="horizontal">
            {buttons}
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">{children}</SpaceBetween>
    </Modal>
  )
}
