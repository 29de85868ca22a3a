import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Modal, { type ModalProps } from '@cloudscape-design/components/modal'
import SpaceBetween from '@cloudscape-design/components/space-between'
import type { ReactNode } from 'react'
import { useTexts } from '../settings/context.ts'
import { ProblemAlert } from './problem.tsx'

interface Action {
  readonly text: string
  readonly onClick?: () => void
  readonly loading?: boolean
  readonly disabled?: boolean
  /** The ID of the form that the button submits. */
  readonly form?: string
}

interface DialogProps extends Pick<ModalProps, 'header' | 'size' | 'children'> {
  readonly secondary: Action
  /** A button, or another element in its place. */
  readonly primary: Action | { readonly element: ReactNode }
  /** The API's rejection of the dialog's request. */
  readonly error?: Error | null
  readonly onTakeOver?: () => void
  readonly onClose: () => void
}

export function Dialog(props: DialogProps) {
  const { header, size, secondary, primary, error, onTakeOver, onClose, children } = props
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
            <ActionButton variant="link" action={secondary} />
            {'element' in primary ? primary.element : <ActionButton variant="primary" action={primary} />}
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        {children}
        {error && <ProblemAlert error={error} {...(onTakeOver && { onTakeOver })} />}
      </SpaceBetween>
    </Modal>
  )
}

function ActionButton({ variant, action }: { readonly variant: 'link' | 'primary'; readonly action: Action }) {
  const { text, ...rest } = action
  return (
    <Button variant={variant} {...rest}>
      {text}
    </Button>
  )
}
