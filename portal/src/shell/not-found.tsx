import Alert from '@cloudscape-design/components/alert'
import { useTexts } from '../texts/context.ts'

export function NotFound() {
  const texts = useTexts()
  return (
    <>
      <title>{texts.notFound}</title>
      <Alert type="warning" header={texts.notFound}>
        {texts.notFoundDetail}
      </Alert>
    </>
  )
}
