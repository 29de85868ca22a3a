import Box from '@cloudscape-design/components/box'
import type { Operation, Step } from '../../../../client/api.ts'
import { stepName } from '../../../../client/operation.ts'
import { Rows } from '../../parts/rows.tsx'
import { StepStatus } from '../../parts/statuses.tsx'
import { Took } from '../../parts/time.tsx'
import { useTexts } from '../../settings/context.ts'
import { type Span, spanOfStep } from './span-of-step.ts'
import './timeline.css'

/** When each step ran. A row shows the number of the step's polls and retries. */
export function Steps({ operation }: { readonly operation: Operation }) {
  const texts = useTexts()
  const { steps } = operation
  return (
    <Rows
      title={texts.steps}
      count={steps.length}
      empty={texts.noSteps}
      rows={steps}
      trackBy={stepName}
      columns={[
        { id: 'step', header: texts.step, isRowHeader: true, minWidth: 170, cell: (step) => <NamedStep step={step} /> },
        { id: 'status', header: texts.status, minWidth: 120, cell: ({ status }) => <StepStatus status={status} /> },
        { id: 'attempts', header: texts.attempts, minWidth: 90, cell: ({ attempts }) => texts.times(attempts) },
        { id: 'time', header: texts.took, minWidth: 140, cell: (step) => <Times step={step} operation={operation} /> },
      ]}
    />
  )
}

/** The duration of a step, and its position in the operation's time. */
function Times({ step, operation }: { readonly step: Step; readonly operation: Operation }) {
  return (
    <>
      <Took from={step.startedAt} to={step.endedAt ?? operation.endedAt} />
      <Timeline span={spanOfStep(step, operation, Date.now())} status={step.status} />
    </>
  )
}

/** The name of a step. Below it is the reason for a failure. */
function NamedStep({ step }: { readonly step: Step }) {
  const { error, status } = step
  // The top of the page shows what a waiting step waits for.
  const note = error && status === 'failed' ? `${error.object}: ${error.reason}` : undefined
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

/** A bar from a step's start to its end. Hidden from screen readers, because the adjacent text says the same. */
function Timeline({ span: { start, length }, status }: { readonly span: Span; readonly status: Step['status'] }) {
  return (
    <svg className="timeline" data-status={status} viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
      <line x1="0" y1="4" x2="100" y2="4" />
      <rect x={start} y="0" width={length} height="8" />
    </svg>
  )
}
