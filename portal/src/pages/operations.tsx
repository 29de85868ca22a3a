import Box from '@cloudscape-design/components/box'
import FormField from '@cloudscape-design/components/form-field'
import Header from '@cloudscape-design/components/header'
import Select from '@cloudscape-design/components/select'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useQuery } from '@tanstack/react-query'
import { useSearchParams } from 'react-router'
import { pageLimit } from '../../../cli/api/all-pages.ts'
import { clustersQuery, type OperationFilter, operationsQuery } from '../api/queries.ts'
import { Loaded } from '../parts/loaded.tsx'
import { OperationsTable } from '../parts/operations-table.tsx'
import { useTexts } from '../texts/context.ts'

/** The filter is in the URL, so users can save and share it. */
export default function Operations() {
  const texts = useTexts()
  const [search, setSearch] = useSearchParams()
  const kind = keyOf(texts.kinds, search.get('kind'))
  const status = keyOf(texts.operationStates, search.get('status'))
  const cluster = search.get('cluster') ?? ''
  const filter: OperationFilter = { ...(cluster && { cluster }), ...(kind && { kind }), ...(status && { status }) }
  const query = useQuery(operationsQuery(filter))
  const choose = (name: string, value: string) =>
    setSearch((before) => {
      const after = new URLSearchParams(before)
      if (value === '') after.delete(name)
      else after.set(name, value)
      return after
    })
  return (
    <>
      <title>{texts.operations}</title>
      <Loaded query={query} title={texts.operations}>
        {({ operations }) => (
          <OperationsTable
            operations={operations}
            label={texts.operations}
            header={
              <Header variant="h1" counter={`(${operations.length})`}>
                {texts.operations}
              </Header>
            }
            filter={
              <SpaceBetween size="m" direction="horizontal">
                <ClusterChoice value={cluster} onChange={(value) => choose('cluster', value)} />
                <Choice
                  label={texts.kind}
                  words={texts.kinds}
                  value={kind ?? ''}
                  onChange={(value) => choose('kind', value)}
                />
                <Choice
                  label={texts.status}
                  words={texts.operationStates}
                  value={status ?? ''}
                  onChange={(value) => choose('status', value)}
                />
              </SpaceBetween>
            }
            footer={
              operations.length === pageLimit && (
                <Box textAlign="center" color="text-body-secondary">
                  {texts.newestHundred}
                </Box>
              )
            }
          />
        )}
      </Loaded>
    </>
  )
}

/** The clusters that the user may see, and the cluster in the URL. */
function ClusterChoice({ value, onChange }: Pick<ChoiceProps, 'value' | 'onChange'>) {
  const texts = useTexts()
  const { data = [] } = useQuery(clustersQuery)
  const names = new Set([...data.map(({ name }) => name), ...(value === '' ? [] : [value])])
  const words = Object.fromEntries([...names].map((name) => [name, name]))
  return <Choice label={texts.cluster} words={words} value={value} onChange={onChange} />
}

interface ChoiceProps {
  readonly label: string
  readonly words: Readonly<Record<string, string>>
  /** Empty for all. */
  readonly value: string
  readonly onChange: (value: string) => void
}

function Choice({ label, words, value, onChange }: ChoiceProps) {
  const { all } = useTexts()
  const options = [
    { value: '', label: all },
    ...Object.entries(words).map(([key, word]) => ({ value: key, label: word })),
  ]
  return (
    <FormField label={label}>
      <Select
        options={options}
        selectedOption={options.find((option) => option.value === value) ?? null}
        onChange={({ detail }) => onChange(detail.selectedOption.value ?? '')}
        expandToViewport
      />
    </FormField>
  )
}

function keyOf<Key extends string>(words: Readonly<Record<Key, string>>, text: string | null): Key | undefined {
  const isKey = (value: string | null): value is Key => value !== null && Object.hasOwn(words, value)
  return isKey(text) ? text : undefined
}
