import type { OperationError } from '../../../lambdas/errors/recorded.ts'
import type { Cell } from './cells.ts'
import { kindOf } from './kinds.ts'
import type { OutsideCall } from './outside-calls.ts'

/** A step of an operation, and the time in which it ran, in milliseconds since the epoch. */
export interface StepTime {
  readonly state: string
  readonly from: number
  readonly to: number
}

/** The failure of an operation whose calls met a fault. */
export interface Failure {
  readonly cluster: string
  readonly error: OperationError
  readonly steps: readonly StepTime[]
  /** When calls have met the fault. */
  readonly metAt: readonly number[]
}

/**
 * The mistakes in an operation's report of the fault. Empty when it names a step that met the fault, the object or the service that
 * was called, and an error that follows from the fault.
 */
export function faultsOfReport({ call, fault }: Cell, failure: Failure): string[] {
  const { error } = failure
  const { verdicts } = kindOf(fault)
  return [
    ...(isRightStep(call, failure) ? [] : [`step ${error.step}`]),
    ...(isAbout(call, failure) ? [] : [`object ${error.object}`]),
    ...(verdicts.some((verdict) => verdict === error.name) || isOfWait(error) ? [] : [`error ${error.name}`]),
  ]
}

function isRightStep({ step }: OutsideCall, { error, steps, metAt }: Failure): boolean {
  if (step !== undefined) return error.step === step
  const own = steps.filter(({ state }) => state === error.step)
  return own.some(({ from, to }) => metAt.some((at) => from <= at && at <= to))
}

/** The texts in a reason that indicate a transient failure of a call. */
const passing =
  /no (complete )?answer|could not serve|answers? \d{3}|truncated or corrupted|does not come from a Kubernetes API server|not JSON|ends before|did not end before/

/**
 * Whether a wait or a check has failed with its own error, whose reason has the last failure. A garbled document may also be an
 * invalid discovery document.
 */
function isOfWait({ name, reason }: OperationError): boolean {
  return /^(InvalidDiscovery|\w+Not(Ready|Gone|Issued|Published))$/.test(name) && passing.test(reason)
}

function isAbout(call: OutsideCall, { error, cluster }: Failure): boolean {
  const text = `${error.object} ${error.reason}`
  return namesOf(call, cluster).some((name) => text.includes(name))
}

/** The names by which a report may identify the called object. */
function namesOf({ server, operation, object = '' }: OutsideCall, cluster: string): string[] {
  if (server === 'aws') return [operation, object.replaceAll('CLUSTER', cluster).replaceAll('*', '')]
  if (server === 'google') return ['Google', 'googleapis.com', `${cluster}-discovery`]
  return [`cluster ${cluster}`]
}
