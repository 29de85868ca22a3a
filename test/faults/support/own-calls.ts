import { steps } from '../../../infra/steps.ts'
import type { AwsFault } from '../../../sandbox/aws/server.ts'
import type { Call } from '../../../sandbox/call-log.ts'
import { type FaultName, type HowOften, killed, kindOf, orderOf } from './kinds.ts'

/** An own call is a call to the record, the workflow, the topic or the copies of the deployment, without the names of clusters. */
export interface OwnCall {
  /** The state of the step that calls, or the function. */
  readonly caller: string
  readonly operation: string
  /** The kind of the first item: the prefix of its sort key. Undefined for calls without items. */
  readonly item?: string
}

/** One fault of one own call. */
export interface OwnCell {
  readonly call: OwnCall
  readonly fault: FaultOfRecord
  readonly often: HowOften
}

/** The function's name in the ARN of its session, without CloudFormation's suffix. */
const callerInArn = /\/[^/-]+-([A-Za-z]+?)[0-9A-F]{8}-[0-9A-F]+$/

/** Undefined for calls of tests, and of the function that only reads, because no operation waits for it. */
export function ownCallOf({
  actor,
  step,
  operation,
  keys = [],
}: Pick<Call, 'actor' | 'step' | 'operation' | 'keys'>): OwnCall | undefined {
  const name = callerInArn.exec(actor)?.[1]
  if (name === undefined || name === 'ApiRead' || !/^(dynamodb|states|sns|s3):/.test(operation)) return undefined
  const item = kindOfItem(keys)
  return { caller: step || name, operation, ...(item !== undefined && { item }) }
}

/** Keys begin with capitals, except names and IDs. */
function kindOfItem([partition = '', sort = '']: readonly string[]): string | undefined {
  return /^[A-Z]+#?/.exec(sort)?.[0] ?? /^[A-Z]+#?/.exec(partition)?.[0]
}

/**
 * The distinct calls, in the order of their first occurrence.
 *
 * @param callers the functions that belong to the workflow
 */
export function ownCalls(calls: readonly Call[], callers: RegExp): OwnCall[] {
  const own = calls.flatMap((call) => ownCallOf(call) ?? []).filter(({ caller }) => callers.test(caller))
  return [...new Map(own.map((call) => [nameOfOwnCall(call), call])).values()]
}

export function nameOfOwnCall({ caller, operation, item }: OwnCall): string {
  return [caller, operation, item].filter((part) => part !== undefined).join(' ')
}

export const faultsOfRecord = ['reset after', '429', '500', '503', killed] as const satisfies readonly (
  | FaultName
  | typeof killed
)[]

export type FaultOfRecord = (typeof faultsOfRecord)[number]

/** The errors with which a step may fail after the fault. */
export function errorsOf(fault: FaultOfRecord): readonly string[] {
  // https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-invocation.html
  return fault === killed ? ['Runtime.ExitError'] : kindOf(fault).verdicts
}

/** Whether this is the API's answer to the fault. API Gateway answers for a killed function. */
export function isAnswerTo(fault: FaultOfRecord, { status }: Pick<Response, 'status'>): boolean {
  return fault === killed ? status >= 500 : status === 503
}

export function ownCellsOf(calls: readonly OwnCall[]): OwnCell[] {
  return calls.flatMap((call) =>
    faultsOfRecord.flatMap((fault) => (['once', 'always'] as const).map((often) => ({ call, fault, often }))),
  )
}

/** The attempts of the SDK. If all answers were lost, the caller could not distinguish them from lost requests. */
const attemptsOfCall = 3

export function ownOrderOf({ call, fault, often }: OwnCell): AwsFault {
  const { caller, operation, item } = call
  const order =
    fault === killed ? { ...orderOf('reset after', often), kind: 'kill-caller' as const } : orderOf(fault, often)
  const times = fault === 'reset after' && often === 'always' ? attemptsOfCall : order.times
  // A shorter text would also match other keys.
  const body = item === undefined ? '' : `"S":"${item}${item.endsWith('#') ? '' : '"'}`
  const by = steps.has(caller) ? { step: caller } : { actor: `*-${caller}*` }
  return { ...order, times, operation, ...by, body }
}
