import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import SpaceBetween from '@cloudscape-design/components/space-between'
import TextFilter from '@cloudscape-design/components/text-filter'
import { useTexts } from '../settings/context.ts'

/** The contents of an empty table. */
export function Empty({ title, detail }: { readonly title: string; readonly detail?: string }) {
  return (
    <Box textAlign="center" padding={{ vertical: 's' }}>
      <b>{title}</b>
      {detail !== undefined && (
        <Box variant="p" color="text-body-secondary">
          {detail}
        </Box>
      )}
    </Box>
  )
}

export function NoMatch({ onClear }: { readonly onClear: () => void }) {
  const texts = useTexts()
  return (
    <Box textAlign="center" padding={{ vertical: 's' }}>
      <SpaceBetween size="s">
        <b>{texts.noMatch}</b>
        <Button onClick={onClear}>{texts.clearFilter}</Button>
      </SpaceBetween>
    </Box>
  )
}

interface FilterProps {
  readonly text: string
  readonly onChange: (text: string) => void
  readonly label: string
  readonly count: number
}

export function Filter({ text, onChange, label, count }: FilterProps) {
  const texts = useTexts()
  return (
    <TextFilter
      filteringText={text}
      filteringPlaceholder={label}
      filteringAriaLabel={label}
      filteringClearAriaLabel={texts.clearFilter}
      countText={texts.matches(count)}
      onChange={({ detail }) => onChange(detail.filteringText)}
    />
  )
}

/** Whether a value contains the text. Ignores case. */
export function hasText(text: string, values: readonly (string | undefined)[]): boolean {
  const wanted = text.trim().toLowerCase()
  return values.some((value) => value?.toLowerCase().includes(wanted))
}
