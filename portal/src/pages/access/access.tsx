import ContentLayout from '@cloudscape-design/components/content-layout'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useQuery } from '@tanstack/react-query'
import { accessQuery } from '../../api/access.ts'
import { Loaded } from '../../parts/loaded.tsx'
import { useTexts } from '../../texts/context.ts'
import { Actions } from './actions.tsx'
import { Grants } from './grants.tsx'

export default function AccessPage() {
  const texts = useTexts()
  return (
    <>
      <title>{texts.access.title}</title>
      <Loaded query={useQuery(accessQuery({}))} title={texts.access.title}>
        {({ caller, actions }) => (
          <ContentLayout
            header={
              <Header variant="h1" description={caller.name}>
                {texts.access.title}
              </Header>
            }
          >
            <SpaceBetween size="l">
              <Grants grants={caller.grants} />
              <Actions actions={actions} />
            </SpaceBetween>
          </ContentLayout>
        )}
      </Loaded>
    </>
  )
}
