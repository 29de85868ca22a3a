import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Tabs from '@cloudscape-design/components/tabs'
import { useContext, useState } from 'react'
import type { SetupRequest } from '../../../../client/api.ts'
import { urlOfApi } from '../../api/client.ts'
import { useTexts } from '../../settings/context.ts'
import { SessionContext } from '../../sign-in/context.ts'
import { curlCommand, fileOf, widCommand } from './commands.ts'
import { useSetupTexts } from './texts/use.ts'
import { yamlOf } from './yaml.ts'

/** The finished request as YAML, and as terminal commands. */
export default function RequestOutputs({ request }: { readonly request: SetupRequest }) {
  const texts = useTexts()
  const setupTexts = useSetupTexts()
  const [shown, setShown] = useState('yaml')
  const { name } = request.cluster
  const yaml = yamlOf(request)
  const api = { url: urlOfApi(window.location.origin), takesTokens: useContext(SessionContext) !== undefined }
  const outputs = [
    { id: 'yaml', label: setupTexts.asYaml, text: yaml },
    { id: 'command', label: setupTexts.asCommand, text: widCommand(name, yaml) },
    { id: 'curl', label: setupTexts.asCurl, text: curlCommand(api, request) },
  ]
  return (
    <Container
      header={
        <Header
          variant="h2"
          actions={
            <SpaceBetween size="xs" direction="horizontal">
              <CopyToClipboard
                copyButtonText={texts.copy}
                textToCopy={outputs.find(({ id }) => id === shown)?.text ?? yaml}
                copySuccessText={texts.copied}
                copyErrorText={texts.notCopied}
              />
              <Button iconName="download" onClick={() => download(fileOf(name), yaml)}>
                {setupTexts.download(fileOf(name))}
              </Button>
            </SpaceBetween>
          }
        >
          {setupTexts.request}
        </Header>
      }
    >
      <Tabs
        activeTabId={shown}
        onChange={({ detail }) => setShown(detail.activeTabId)}
        tabs={outputs.map(({ id, label, text }) => ({ id, label, content: <pre className="code">{text}</pre> }))}
        ariaLabel={setupTexts.request}
      />
    </Container>
  )
}

function download(file: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/yaml' }))
  const link = document.createElement('a')
  link.href = url
  link.download = file
  link.click()
  URL.revokeObjectURL(url)
}
