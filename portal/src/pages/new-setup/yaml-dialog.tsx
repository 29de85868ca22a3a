import Alert from '@cloudscape-design/components/alert'
import FileInput from '@cloudscape-design/components/file-input'
import FormField from '@cloudscape-design/components/form-field'
import Textarea from '@cloudscape-design/components/textarea'
import { useState } from 'react'
import { Dialog } from '../../parts/dialog.tsx'
import { useFocusOn } from '../../parts/use-focus-on.ts'
import { useTexts } from '../../settings/context.ts'
import { codeFontProps } from './controls.tsx'
import type { SetupTexts } from './texts/en.ts'
import { useSetupTexts } from './texts/use.ts'
import { type Read, requestIn, yamlOf } from './yaml.ts'

interface YamlDialogProps {
  /** The contents of the form. */
  readonly request: object
  readonly onFill: (request: Readonly<Record<string, unknown>>) => void
  readonly onClose: () => void
}

/** The complete request as text, for pasting, opening a file or editing. */
export default function YamlDialog({ request, onFill, onClose }: YamlDialogProps) {
  const { close } = useTexts()
  const texts = useSetupTexts()
  const [text, setText] = useState(() => yamlOf(request))
  const [fault, setFault] = useState<string>()
  const alert = useFocusOn(fault)
  const open = async (file: File) => {
    try {
      setText(await file.text())
      setFault(undefined)
    } catch {
      setFault(texts.notRead(file.name))
    }
  }
  const fill = () => {
    const read = requestIn(text)
    if (read.kind === 'request') onFill(read.request)
    else setFault(faultOf(read, texts))
  }
  return (
    <Dialog
      size="large"
      header={texts.yaml}
      onClose={onClose}
      secondary={{ text: close, onClick: onClose }}
      primary={{ text: texts.fill, onClick: fill }}
    >
      <RequestFile onOpen={(file) => void open(file)} />
      <FormField label={texts.yaml} description={texts.yamlDetail} stretch>
        <Textarea
          value={text}
          rows={18}
          spellcheck={false}
          nativeTextareaAttributes={codeFontProps}
          onChange={({ detail }) => {
            setText(detail.value)
            setFault(undefined)
          }}
        />
      </FormField>
      {fault !== undefined && (
        <Alert ref={alert} type="error">
          {fault}
        </Alert>
      )}
    </Dialog>
  )
}

function RequestFile({ onOpen }: { readonly onOpen: (file: File) => void }) {
  const texts = useSetupTexts()
  return (
    <FileInput
      accept=".yaml,.yml,.json"
      value={[]}
      onChange={({ detail: { value } }) => {
        const [file] = value
        if (file) onOpen(file)
      }}
    >
      {texts.openFile}
    </FileInput>
  )
}

function faultOf(read: Exclude<Read, { kind: 'request' }>, texts: SetupTexts): string {
  if (read.kind === 'notYaml') return texts.notYaml(read.line, read.column, read.message)
  if (read.kind === 'aliases') return texts.badAliases
  return read.kind === 'several' ? texts.severalRequests(read.count) : texts.noRequest
}
