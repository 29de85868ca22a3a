import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard'
import { useTexts } from '../texts/context.ts'

interface CopyableProps {
  readonly text: string
  /** Instead of the whole text. */
  readonly shown?: string
  /** What it is, for those who cannot see where it stands. */
  readonly what: string
}

/** A name that is copied more often than typed: an ARN, a URL. */
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
