/** Progress and health, each as an icon and a word. */
import Box from '@cloudscape-design/components/box'
import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator'
import { agentState } from '../../../client/agent.ts'
import type {
  ClusterCondition,
  ClusterSummary,
  DriftResult,
  Health,
  Operation,
  Step,
  WorkloadCondition,
} from '../../../client/api.ts'
import { useTexts } from '../settings/context.ts'
import { Time } from './time.tsx'

type SignType = StatusIndicatorProps.Type

const ofOperation: Readonly<Record<Operation['status'], SignType>> = {
  queued: 'pending',
  running: 'in-progress',
  succeeded: 'success',
  failed: 'error',
  cancelled: 'stopped',
}

interface OperationStatusProps {
  readonly status: Operation['status']
  /** Whether the operation is a drift report. It succeeds even if it finds differences, so its success is neutral. */
  readonly isReport?: boolean
}

export function OperationStatus({ status, isReport = false }: OperationStatusProps) {
  const texts = useTexts()
  if (isReport && status === 'succeeded') return <Sign type="info">{texts.complete}</Sign>
  return <Sign type={ofOperation[status]}>{texts.operationStates[status]}</Sign>
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
  /** Replaces the text of the status. */
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

/** A state of health. Below it is the severity of the differences, or else the responsible condition. */
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

const ofAgent = { calling: 'success', silent: 'error', 'not-enrolled': 'warning' } as const

/** The connection of a cluster: direct, or by an agent. For an agent, the last call or the command that enrols it. */
export function ConnectionStatus({ cluster }: { readonly cluster: ClusterSummary }) {
  const { connection: texts } = useTexts()
  const { name, agent } = cluster
  const state = agentState(cluster, new Date())
  if (state === undefined) return texts.direct
  return (
    <>
      <Sign type={ofAgent[state]}>{texts.agent[state](agent?.version ?? '')}</Sign>
      <Box variant="small" display="block">
        {agent ? (
          <>
            {texts.lastCall} <Time at={agent.calledAt} />
          </>
        ) : (
          texts.enrol(name)
        )}
      </Box>
    </>
  )
}

type Severity = NonNullable<DriftResult['summary']['severity']>

const signs = { security: 'error', function: 'warning', cosmetic: 'info' } as const

interface SeveritySignProps {
  readonly severity: Severity
  /** Replaces the name of the severity. */
  readonly words?: string
}

export function SeveritySign({ severity, words }: SeveritySignProps) {
  const texts = useTexts()
  return <Sign type={signs[severity]}>{words ?? texts.severities[severity]}</Sign>
}

/** The finding of a drift report, instead of its status: a report succeeds whatever it finds. */
export function FoundDrift({ severity }: { readonly severity: Severity }) {
  const texts = useTexts()
  return <SeveritySign severity={severity} words={`${texts.clusterStates.drifted} (${texts.severities[severity]})`} />
}

/** Does not wrap, because a status is one word. */
function Sign(props: StatusIndicatorProps) {
  return <StatusIndicator wrapText={false} {...props} />
}
