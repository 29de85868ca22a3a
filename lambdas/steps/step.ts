/**
 * The handler of a step. It parses the envelope, records progress, and passes the step a signal that aborts shortly
 * before the step's time-out. Its errors contain no message from another system.
 */
import middy, { type MiddyfiedHandler } from '@middy/core'
import type { Context } from 'aws-lambda'
import type * as z from 'zod/mini'
import { asStep } from '../current-step.ts'
import { isRefusal } from '../errors/step-errors.ts'
import { framesOf, log } from '../log.ts'
import { publishMetric } from '../metrics.ts'
import type { Change } from '../report/change.ts'
import type { DeepReadonly, StepResult, StepRun } from './contract.ts'
import type { StepDescription } from './description.ts'
import { type Envelope, namesOf, parseEnvelope, readInput, requireInput } from './envelope.ts'
import { presentable, withFailure } from './failure.ts'
import { type FailedAttempt, inRecord, type Progress, recordFailure, recordResult, unrecorded } from './recording.ts'
import type { Recorded } from './status.ts'

/** The response to the state machine: the output of the step, or the reason for another poll. */
export type StepAnswer<Output> = ({ readonly ready: true } & Output) | Awaited
type Awaited = { readonly ready: false; readonly reason: string; readonly events: readonly unknown[] }

/** The time to record a failure after the signal aborts. */
const reserveMs = 2_000

/**
 * The limit in characters. A reason may contain names from the cluster, and a response of more than 256 KiB ends the
 * execution despite a Catch: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
 */
const longestReason = 10_000

/** Begins the first read of a step while its start is recorded. Returns a function that discards an unused read. */
type ReadsAhead<Description extends StepDescription> = (
  input: z.output<Description['input']>,
  signal: AbortSignal,
) => (() => void) | undefined

/**
 * The Lambda handler of a step. A step that records the end of the operation does not record its own progress.
 *
 * @throws {StepError} when the step fails
 * @throws {Error} when the step has a defect. The error has the defect's name, and its message says only where to look
 * @throws {Error} when a failure is not recorded. The error has the failure's name, and its message contains the
 *   failure
 */
export function step<Description extends StepDescription>(
  description: Description,
  run: StepRun<Description>,
  readsAhead: ReadsAhead<Description> = () => undefined,
): MiddyfiedHandler<unknown, AnswerOf<Description>> {
  // Middy's own early time-out is off: it would respond while the step is still writing.
  return middy<unknown, AnswerOf<Description>>({ timeoutEarlyInMillis: 0 }).handler((event, context) =>
    asStep(description.state, () => handle({ description, run, readsAhead }, event, context)),
  )
}

type AnswerOf<Description extends StepDescription> = StepAnswer<DeepReadonly<z.output<Description['output']>>>

interface Work<Description extends StepDescription> {
  readonly description: Description
  readonly run: StepRun<Description>
  readonly readsAhead: ReadsAhead<Description>
}

async function handle<Description extends StepDescription>(
  { description, run, readsAhead }: Work<Description>,
  event: unknown,
  context: Context,
): Promise<AnswerOf<Description>> {
  const call = parseEnvelope(description.state, event)
  const progress = progressOf(description, call)
  // Lambda's time-out may be longer than the step's, for example after a deployment with another time-out.
  const remainingMs = Math.min(context.getRemainingTimeInMillis(), description.timeoutSeconds * 1000)
  const signal = AbortSignal.timeout(Math.max(0, remainingMs - reserveMs))
  const started = Date.now()
  const changesBefore: Change[] = []
  const reportChange = (change: Change) => void changesBefore.push(change)
  let recorded: Recorded | undefined
  let forget: (() => void) | undefined
  try {
    const input = readInput(description, call)
    forget = input.success ? readsAhead(input.data, signal) : undefined
    const times = { at: new Date(started), until: new Date(started + remainingMs) }
    recorded = await progress.started(call, times, description.condition?.type)
    const answered = await run(requireInput(description.state, input), {
      ...call,
      signal,
      reportChange,
      status: recorded.cluster,
      workload: recorded.workload,
    })
    const result = withShortReason(answered)
    await recordResult(call, progress, result, { recorded, condition: description.condition })
    const answer = answerOf(result)
    log('info', answer.ready ? 'step succeeded' : 'step waits', { ...namesOf(call), durationMs: Date.now() - started })
    return answer
  } catch (error) {
    const { condition } = description
    throw await failedBy(error, call, progress, { signal, started, recorded, condition, changesBefore })
  } finally {
    forget?.()
  }
}

/** Whoever starts an execution chooses its operation ID. Only steps with `withoutOperation` accept an empty ID. */
function progressOf({ recording, withoutOperation }: StepDescription, { operationId }: Envelope): Progress {
  return recording || (withoutOperation && operationId === '') ? unrecorded : inRecord
}

function withShortReason<Output extends object>(result: StepResult<Output>): StepResult<Output> {
  if ('output' in result || result.waiting.reason.length <= longestReason) return result
  const reason = `${result.waiting.reason.slice(0, longestReason)}…`
  return { ...result, waiting: { ...result.waiting, reason } }
}

function answerOf<Output extends object>(result: StepResult<Output>): StepAnswer<Output> {
  if ('output' in result) return { ready: true, ...result.output }
  return { ready: false, reason: result.waiting.reason, events: result.waiting.events ?? [] }
}

function refusedCall({ operationId, cluster, state, item }: Envelope) {
  return { operationId, cluster, state, item }
}

interface CalledAttempt extends FailedAttempt {
  readonly signal: AbortSignal
  readonly started: number
}

async function failedBy(thrown: unknown, call: Envelope, progress: Progress, attempt: CalledAttempt): Promise<Error> {
  const { error, recorded } = presentable(call.state, thrown, attempt.signal)
  log('error', 'step failed', {
    ...namesOf(call),
    durationMs: Date.now() - attempt.started,
    error: recorded,
    ...(error !== thrown && { frames: framesOf(thrown) }),
  })
  if (isRefusal(error)) publishMetric('AccessDenied', 1, { about: refusedCall(call) })
  const isRecorded = await recordFailure(call, progress, recorded, attempt).catch((failure: unknown) => {
    log('error', 'progress not recorded', { ...namesOf(call), frames: framesOf(failure) })
    return false
  })
  return isRecorded ? error : withFailure(call, recorded)
}
