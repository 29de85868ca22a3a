/**
 * The handler of a step. It parses the envelope, records progress, and gives the step a signal that is aborted shortly
 * before the step's time-out. No error leaves it with a message that came from outside.
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

/** What the state machine gets: the output of the step, or why it has to poll again. */
export type StepAnswer<Output> = ({ readonly ready: true } & Output) | Awaited
type Awaited = { readonly ready: false; readonly reason: string; readonly events: readonly unknown[] }

/** Time that remains for recording a failure after the signal is aborted. */
const reserveMs = 2_000

/**
 * Characters. Names that a cluster chooses may be in the reason. An answer of more than 256 KiB ends the execution, whatever it catches:
 * https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
 */
const longestReason = 10_000

/** Begins what a step reads first of all, while its start is recorded. Gives back what forgets it when the step does not come so far. */
type ReadsAhead<Description extends StepDescription> = (
  input: z.output<Description['input']>,
  signal: AbortSignal,
) => (() => void) | undefined

/**
 * The Lambda handler of a step. A step that records how the operation ends has no progress of its own to record.
 *
 * @throws {StepError} when the step fails
 * @throws {Error} when the step has a defect; it keeps the defect's name, and its message says only where to look
 * @throws {Error} when the record does not have the failure; it keeps the error's name, and its message carries the
 *   failure
 */
export function step<Description extends StepDescription>(
  description: Description,
  run: StepRun<Description>,
  readsAhead: ReadsAhead<Description> = () => undefined,
): MiddyfiedHandler<unknown, AnswerOf<Description>> {
  // Middy's own early time-out is off: it would answer while the step is still writing.
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
  // Lambda may give the function longer than the step has, as after a deployment with another time-out.
  const remainingMs = Math.min(context.getRemainingTimeInMillis(), description.timeoutSeconds * 1000)
  const signal = AbortSignal.timeout(Math.max(0, remainingMs - reserveMs))
  const started = Date.now()
  const madeBefore: Change[] = []
  const made = (change: Change) => void madeBefore.push(change)
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
      made,
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
    throw await failedBy(error, call, progress, { signal, started, recorded, condition, madeBefore })
  } finally {
    forget?.()
  }
}

/** An execution may be given an ID by whoever starts it: without one, only the steps run that say so. */
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

/** Records the failure and returns the error to throw. */
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
