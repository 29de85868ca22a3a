import Box from '@cloudscape-design/components/box'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useQuery } from '@tanstack/react-query'
import { useSearchParams } from 'react-router'
import type { OperationFilter } from '../../../client/api.ts'
import { pageLimit } from '../../../client/pages.ts'
import { clustersQuery, operationsQuery } from '../api/queries.ts'
import { Choice, keyOf } from '../parts/choice.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { OperationsTable } from '../parts/operations-table.tsx'
import { useTexts } from '../settings/context.ts'

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
        {(operations) => (
          <OperationsTable
            operations={operations}
            title={texts.operations}
            level="h1"
            count={operations.length}
            filter={
              <SpaceBetween size="m" direction="horizontal">
                <ClusterChoice chosen={cluster} onChange={(chosen) => choose('cluster', chosen)} />
                <Choice
                  label={texts.kind}
                  words={texts.kinds}
                  none={texts.all}
                  chosen={kind ?? ''}
                  onChange={(chosen) => choose('kind', chosen)}
                />
                <Choice
                  label={texts.status}
                  words={texts.operationStates}
                  none={texts.all}
                  chosen={status ?? ''}
                  onChange={(chosen) => choose('status', chosen)}
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
function ClusterChoice({ chosen, onChange }: { readonly chosen: string; readonly onChange: (chosen: string) => void }) {
  const texts = useTexts()
  const { data = [] } = useQuery(clustersQuery)
  const names = new Set([...data.map(({ name }) => name), ...(chosen === '' ? [] : [chosen])])
  const words = Object.fromEntries([...names].map((name) => [name, name]))
  return <Choice label={texts.cluster} words={words} none={texts.all} chosen={chosen} onChange={onChange} />
}
