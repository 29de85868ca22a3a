import FormField from '@cloudscape-design/components/form-field'
import Select from '@cloudscape-design/components/select'

interface ChoiceProps<Key extends string> {
  readonly label: string
  readonly words: Readonly<Record<Key, string>>
  /** The label of the empty choice. */
  readonly none: string
  /** Empty when nothing is chosen. */
  readonly chosen: Key | ''
  readonly onChange: (chosen: Key | '') => void
}

export function Choice<Key extends string>({ label, words, none, chosen, onChange }: ChoiceProps<Key>) {
  const options = [
    { value: '', label: none },
    ...Object.entries<string>(words).map(([value, word]) => ({ value, label: word })),
  ]
  return (
    <FormField label={label}>
      <Select
        options={options}
        selectedOption={options.find(({ value }) => value === chosen) ?? null}
        onChange={({ detail }) => onChange(keyOf(words, detail.selectedOption.value) ?? '')}
        expandToViewport
      />
    </FormField>
  )
}

export function keyOf<Key extends string>(
  words: Readonly<Record<Key, string>>,
  text: string | null | undefined,
): Key | undefined {
  const isKey = (value: string | null | undefined): value is Key =>
    typeof value === 'string' && Object.hasOwn(words, value)
  return isKey(text) ? text : undefined
}
