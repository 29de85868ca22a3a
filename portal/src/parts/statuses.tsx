/** How far something is, and whether it is as it should be: each with a sign and in words. */
import Box from '@cloudscape-design/components/box'
import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator'
import type { ClusterCondition, Health, Operation, Step, WorkloadCondition } from '../api/client.ts'
import { useTexts } from '../texts/context.ts'

type SignType = StatusIndicatorProps.Type

/** A word of state is read as one: it does not wrap. */
function Sign(props: StatusIndicatorProps) {
  return <StatusIndicator wrapText={false} {...props} />
}

const ofOperation: Readonly<Record<Operation['status'], SignType>> = {
  queued: 'pending',
  running: 'in-progress',
  succeeded: 'success',
  failed: 'error',
  cancelled: 'stopped',
}

export function OperationStatus({ status }: { readonly status: Operation['status'] }) {
  return <Sign type={ofOperation[status]}>{useTexts().operationStates[status]}</Sign>
}

const ofStep: Readonly<Record<Step['status'], SignType>> = {
  running: 'in-progress',
  waiting: 'pending',
  succeeded: 'success',
  failed: 'error',
  stopped: 'stopped',
}

export function StepStatus({ status }: { readonly status: Step['status'] }) {
  return <Sign type={ofStep[status]}>{useTexts().stepStates[status]}</Sign>
}

const ofCondition = { True: 'success', False: 'error', Unknown: 'warning' } as const

type ConditionStatusProps = (ClusterCondition | WorkloadCondition) & {
  /** Instead of yes and no. */
  readonly words?: string
}

export function ConditionStatus({ status, reason, words }: ConditionStatusProps) {
  const texts = useTexts()
  const sign = status === 'False' && reason === 'Waiting' ? 'in-progress' : ofCondition[status]
  const state = texts.conditionStates[status]
  return (
    <Sign type={sign} iconAriaLabel={state}>
      {words ?? state}
    </Sign>
  )
}

const ofHealth: Readonly<Record<Health['state'], SignType>> = {
  ready: 'success',
  changing: 'in-progress',
  failing: 'error',
  drifted: 'warning',
  unknown: 'warning',
}

/** With the severity of what differs, or the condition that is to blame, if any, below it. */
export function HealthStatus({ health: { state, because: condition, severity } }: { readonly health: Health }) {
  const texts = useTexts()
  const because = severity === undefined ? condition : texts.severities[severity]
  return (
    <>
      <Sign type={ofHealth[state]}>{texts.clusterStates[state]}</Sign>
      {because !== undefined && (
        <Box variant="small" display="block">
          {because}
        </Box>
      )}
    </>
  )
}
