import FormField from '@cloudscape-design/components/form-field'
import Select from '@cloudscape-design/components/select'
import { useTexts } from '../../texts/context.ts'

interface ChoiceProps<Key extends string> {
  readonly label: string
  readonly words: Readonly<Record<Key, string>>
  /** Empty to leave the value unchanged. */
  readonly chosen: Key | ''
  readonly onChange: (chosen: Key | '') => void
}

export function Choice<Key extends string>({ label, words, chosen, onChange }: ChoiceProps<Key>) {
  const texts = useTexts()
  const isKey = (value: string | undefined): value is Key => value !== undefined && Object.hasOwn(words, value)
  const options = [
    { value: '', label: texts.asItIs },
    ...Object.entries<string>(words).map(([value, word]) => ({ value, label: word })),
  ]
  return (
    <FormField label={label}>
      <Select
        options={options}
        selectedOption={options.find(({ value }) => value === chosen) ?? null}
        onChange={({ detail: { selectedOption } }) => onChange(isKey(selectedOption.value) ? selectedOption.value : '')}
        expandToViewport
      />
    </FormField>
  )
}
