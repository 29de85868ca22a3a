import Box from '@cloudscape-design/components/box'
import Header from '@cloudscape-design/components/header'
import { useTexts } from '../texts/context.ts'

export function NotFound() {
  const texts = useTexts()
  return (
    <>
      <title>{texts.notFound}</title>
      <Header variant="h1">{texts.notFound}</Header>
      <Box variant="p">{texts.notFoundDetail}</Box>
    </>
  )
}
