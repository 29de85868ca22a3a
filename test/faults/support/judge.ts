import type { OperationError } from '../../../lambdas/errors/recorded.ts'
import type { Cell } from './cells.ts'
import { kindOf } from './kinds.ts'
import type { OutsideCall } from './outside-calls.ts'

/** A step of an operation, and when it was at work, in milliseconds since the epoch. */
export interface StepTime {
  readonly state: string
  readonly from: number
  readonly to: number
}

/** How an operation has ended whose calls met a fault. */
export interface Failure {
  readonly cluster: string
  readonly error: OperationError
  readonly steps: readonly StepTime[]
  /** When calls have met the fault. */
  readonly metAt: readonly number[]
}

/**
 * What is wrong with the way in which the operation tells of the fault: empty when it names a step that met it, the
 * object or the service that was called, and an error that follows from the fault.
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

/** How the reason of an error tells that a call has failed in passing. */
const passing =
  /no (whole )?answer|could not serve|answers? \d{3}|cut or garbled|does not speak|not JSON|ends before|did not end within/

/**
 * What is waited for, or looked at and not waited for, ends with an error of its own, and the reason is what was missing last. A
 * document may also be anything but a discovery document.
 */
function isOfWait({ name, reason }: OperationError): boolean {
  return /^(InvalidDiscovery|\w+Not(Ready|Gone|Issued|Published))$/.test(name) && passing.test(reason)
}

function isAbout(call: OutsideCall, { error, cluster }: Failure): boolean {
  const text = `${error.object} ${error.reason}`
  return namesOf(call, cluster).some((name) => text.includes(name))
}

/** By which names a reader finds what was called. */
function namesOf({ server, operation, object = '' }: OutsideCall, cluster: string): string[] {
  if (server === 'aws') return [operation, object.replaceAll('CLUSTER', cluster).replaceAll('*', '')]
  if (server === 'google') return ['Google', 'googleapis.com', `${cluster}-discovery`]
  return [`cluster ${cluster}`]
}
