import Alert from '@cloudscape-design/components/alert'
import Button from '@cloudscape-design/components/button'
import { useSyncExternalStore } from 'react'
import { useTexts } from '../settings/context.ts'
import type { Session } from './session.ts'

/** Prompts the user to sign in again, while the page stays as it is. */
export default function Ended({ session }: { readonly session: Session }) {
  const { signIn: texts } = useTexts()
  const isEnded = useSyncExternalStore(session.subscribe, session.isEnded)
  if (!isEnded) return null
  return (
    <div role="alert" className="sign-in-ended">
      <Alert
        type="warning"
        header={texts.ended}
        action={<Button onClick={() => session.signInAgain()}>{texts.again}</Button>}
      >
        {texts.endedDetail}
      </Alert>
    </div>
  )
}
