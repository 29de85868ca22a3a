import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard'
import { useTexts } from '../settings/context.ts'

interface CopyableProps {
  readonly text: string
  /** Displayed instead of the complete text. */
  readonly shown?: string
  /** A description of the text for screen readers. */
  readonly what: string
}

/** A text for copying, such as an ARN or a URL. */
export function Copyable({ text, shown, what }: CopyableProps) {
  const texts = useTexts()
  return (
    <CopyToClipboard
      variant="inline"
      textToCopy={text}
      textToDisplay={shown ?? text}
      copyButtonAriaLabel={texts.copyWhat(what)}
      copySuccessText={texts.copied}
      copyErrorText={texts.notCopied}
    />
  )
}
