import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useTexts } from '../settings/context.ts'

/** Why the portal shows no page. */
export type Closed = 'signed out' | 'response passed on' | { readonly reason: string }

/** The portal's page for users without a sign-in. */
export default function SignedOut({ closed }: { readonly closed: Closed }) {
  const { signIn: texts } = useTexts()
  const [title, detail] = wordsOf(closed, texts)
  return (
    <main className="signed-out">
      <title>{title}</title>
      <Container header={<Header variant="h1">{title}</Header>}>
        <SpaceBetween size="l">
          <Box>{detail}</Box>
          {closed !== 'response passed on' && (
            <Button variant="primary" onClick={() => location.assign('/')}>
              {texts.signIn}
            </Button>
          )}
        </SpaceBetween>
      </Container>
    </main>
  )
}

function wordsOf(closed: Closed, texts: ReturnType<typeof useTexts>['signIn']): readonly [string, string] {
  if (closed === 'signed out') return [texts.signedOut, texts.signedOutDetail]
  if (closed === 'response passed on') return [texts.done, texts.doneDetail]
  return [texts.failed, texts.failedDetail(closed.reason)]
}
