import Alert from '@cloudscape-design/components/alert'
import Button from '@cloudscape-design/components/button'
import { Component, type ReactNode } from 'react'
import { useTexts } from '../texts/context.ts'

interface BrokenProps {
  readonly children: ReactNode
}

/**
 * Shows an error instead of an empty page. The page's code may be missing after a new deployment of the portal:
 * https://vite.dev/guide/build#load-error-handling
 */
export class Broken extends Component<BrokenProps, { readonly isBroken: boolean }> {
  override state = { isBroken: false }

  static getDerivedStateFromError() {
    return { isBroken: true }
  }

  override render() {
    return this.state.isBroken ? <LoadAgain /> : this.props.children
  }
}

function LoadAgain() {
  const texts = useTexts()
  return (
    <Alert
      type="error"
      header={texts.broken}
      action={<Button onClick={() => location.reload()}>{texts.loadAgain}</Button>}
    >
      {texts.brokenDetail}
    </Alert>
  )
}
