import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import { useTexts } from '../texts/context.ts'

interface TypedNameProps {
  readonly name: string
  readonly typed: string
  readonly onChange: (typed: string) => void
}

/** Prompts for the name of the object to remove. */
export function TypedName({ name, typed, onChange }: TypedNameProps) {
  const texts = useTexts()
  return (
    <FormField label={texts.typeName(name)}>
      <Input value={typed} onChange={({ detail }) => onChange(detail.value)} autoComplete={false} spellcheck={false} />
    </FormField>
  )
}
