import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Cluster, GenerationSummary } from '../../../../../client/api.ts'
import { pageLimit } from '../../../../../client/pages.ts'
import { operationPath, PageLink } from '../../../parts/follow.tsx'
import { Loaded } from '../../../parts/loaded.tsx'
import { shortCaller } from '../../../parts/operations-table.tsx'
import { Rows } from '../../../parts/rows.tsx'
import { OperationStatus } from '../../../parts/statuses.tsx'
import { Time } from '../../../parts/time.tsx'
import { useSettings, useTexts } from '../../../settings/context.ts'
import { changesInWords } from './changes.ts'
import { generationsQuery } from './generations-query.ts'
import { textsOf } from './texts.ts'

/** Initial number of generations. */
const shortest = 5

export function History({ cluster: { name, generation } }: { readonly cluster: Cluster }) {
  const texts = textsOf[useSettings().language]
  const { operation } = useTexts()
  const [limit, show] = useState(shortest)
  return (
    <Loaded query={useQuery(generationsQuery(name, { generation, limit }))}>
      {({ generations, next }) => (
        <Rows
          title={texts.title}
          detail={texts.detail}
          rows={generations}
          trackBy={({ generation }) => String(generation)}
          columns={[
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
          ]}
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

/** Links to the operation of the generation, unless the operation has expired or the user may not read it. */
function Written({ writtenAt, operationId, operationStatus }: GenerationSummary) {
  if (operationStatus === undefined) return <Time at={writtenAt} />
  return (
    <PageLink to={operationPath(operationId)}>
      <Time at={writtenAt} />
    </PageLink>
  )
}
