import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Header from '@cloudscape-design/components/header'
import type { TableProps } from '@cloudscape-design/components/table'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { pageLimit } from '../../../../../cli/api/all-pages.ts'
import type { Cluster, GenerationSummary } from '../../../api/client.ts'
import { operationPath, PageLink } from '../../../parts/follow.tsx'
import { Loaded } from '../../../parts/loaded.tsx'
import { shortCaller } from '../../../parts/operations-table.tsx'
import { Rows } from '../../../parts/rows.tsx'
import { OperationStatus } from '../../../parts/statuses.tsx'
import { Time } from '../../../parts/time.tsx'
import { useTexts } from '../../../texts/context.ts'
import { changesInWords } from './changes.ts'
import { generationsQuery } from './query.ts'
import type { HistoryTexts } from './texts.ts'
import { useHistoryTexts } from './use-texts.ts'

/** Initial number of generations. */
const shortest = 5

export function History({ cluster: { name, generation } }: { readonly cluster: Cluster }) {
  const texts = useHistoryTexts()
  const { operation } = useTexts()
  const [limit, show] = useState(shortest)
  return (
    <Loaded query={useQuery(generationsQuery(name, { generation, limit }))}>
      {({ generations, next }) => (
        <Rows
          header={
            <Header variant="h2" description={texts.detail}>
              {texts.title}
            </Header>
          }
          rows={generations}
          trackBy={({ generation }) => String(generation)}
          columns={columns(texts, operation)}
          label={texts.title}
          footer={
            next !== undefined &&
            limit === shortest && (
              <Box textAlign="center">
                <Button variant="inline-link" onClick={() => show(pageLimit)}>
                  {texts.showAll}
                </Button>
              </Box>
            )
          }
        />
      )}
    </Loaded>
  )
}

function columns(texts: HistoryTexts, operation: string): TableProps.ColumnDefinition<GenerationSummary>[] {
  return [
    { id: 'generation', header: texts.generation, isRowHeader: true, cell: ({ generation }) => generation },
    { id: 'written', header: texts.written, cell: (generation) => <Written {...generation} /> },
    { id: 'by', header: texts.by, minWidth: 180, cell: ({ writtenBy }) => shortCaller(writtenBy) },
    {
      id: 'operation',
      header: operation,
      cell: ({ operationStatus }) =>
        operationStatus === undefined ? texts.unknownOutcome : <OperationStatus status={operationStatus} />,
    },
    {
      id: 'changes',
      header: texts.changes,
      cell: (generation) => changesInWords(generation, texts).map((line) => <div key={line}>{line}</div>),
    },
  ]
}

/** Links to the operation of the generation, unless it has expired, or the user may not read it. */
function Written({ writtenAt, operationId, operationStatus }: GenerationSummary) {
  if (operationStatus === undefined) return <Time at={writtenAt} />
  return (
    <PageLink to={operationPath(operationId)}>
      <Time at={writtenAt} />
    </PageLink>
  )
}
