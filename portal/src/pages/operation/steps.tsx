import Box from '@cloudscape-design/components/box'
import Header from '@cloudscape-design/components/header'
import Table, { type TableProps } from '@cloudscape-design/components/table'
import type { Step } from '../../api/client.ts'
import { Empty } from '../../parts/list.tsx'
import { StepStatus } from '../../parts/statuses.tsx'
import { Took } from '../../parts/time.tsx'
import { useTexts } from '../../texts/context.ts'
import type { Texts } from '../../texts/en.ts'
import { stepName } from './step-name.ts'

/** Polls and retries of a step are one row, with their number. */
export function Steps({ steps }: { readonly steps: readonly Step[] }) {
  const texts = useTexts()
  return (
    <Table
      header={
        <Header variant="h2" counter={`(${steps.length})`}>
          {texts.steps}
        </Header>
      }
      empty={<Empty title={texts.noSteps} />}
      items={steps}
      trackBy={stepName}
      wrapLines
      columnDefinitions={columns(texts)}
      ariaLabels={{ tableLabel: texts.steps }}
    />
  )
}

function columns(texts: Texts): TableProps.ColumnDefinition<Step>[] {
  return [
    { id: 'step', header: texts.step, isRowHeader: true, minWidth: 180, cell: (step) => <NamedStep step={step} /> },
    { id: 'status', header: texts.status, minWidth: 130, cell: ({ status }) => <StepStatus status={status} /> },
    { id: 'attempts', header: texts.attempts, minWidth: 100, cell: ({ attempts }) => attempts },
    {
      id: 'took',
      header: texts.took,
      minWidth: 100,
      cell: ({ startedAt, endedAt }) => <Took from={startedAt} to={endedAt} />,
    },
  ]
}

/** With what it waits for, or why it failed. */
function NamedStep({ step }: { readonly step: Step }) {
  const { error, waitingFor } = step
  const note = error ? `${error.object}: ${error.reason}` : waitingFor
  return (
    <>
      {stepName(step)}
      {note !== undefined && (
        <Box variant="small" display="block">
          {note}
        </Box>
      )}
    </>
  )
}
