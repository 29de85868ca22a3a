/**
 * The middy stack of a step. It parses the envelope, records progress, and gives the step a signal that is aborted
 * shortly before the function's time-out. No error leaves it with a message that came from outside.
 */
import middy, { type MiddyfiedHandler } from '@middy/core'
import type { Context } from 'aws-lambda'
import * as z from 'zod/mini'
import { allDone } from '../errors/attempts.ts'
import { encodeFailure } from '../errors/failure-codec.ts'
import type { RecordedError } from '../errors/recorded.ts'
import { CloudUnavailable, InvalidStepInput, StepError } from '../errors/step-errors.ts'
import { framesOf, log } from '../log.ts'
import { endedMeanwhile } from '../operations/operation-end.ts'
import { recordFailed, recordStarted, recordSucceeded, recordWaiting } from '../operations/progress.ts'
import { hasEnded, noStatus } from '../operations/record.ts'
import { afterFailure, afterSuccess, type ConditionType, type StepCondition, whileWaiting } from './condition.ts'
import type { DeepReadonly, StepResult, StepRun } from './contract.ts'
import type { StepDescription } from './description.ts'
import { type Known, type Recorded, readRecorded, recordStatus } from './status.ts'

/** What the state machine sends to each step. `input` is the step's own input. */
const envelope = z.object({
  operationId: z.string(),
  /** Left out in a workflow on all clusters, by a step that is not about one cluster. */
  cluster: z._default(z.string(), ''),
  state: z.string(),
  /** `namespace/account` when a step runs once for each workload. */
  item: z.optional(z.string()),
  /** 0 for the first attempt in one visit of the state. */
  attempt: z.number(),
  /** Left out by workflows that write. */
  dryRun: z._default(z.boolean(), false),
  input: z.unknown(),
})

type Envelope = z.output<typeof envelope>

/** What the state machine gets: the output of the step, or why it has to poll again. */
export type StepAnswer<Output> = ({ readonly ready: true } & Output) | Awaited
type Awaited = { readonly ready: false; readonly reason: string; readonly events: readonly unknown[] }

/** Time that remains for recording a failure after the signal is aborted. */
const reserveMs = 2_000

/** Records how far a step has come. */
interface Progress {
  /** Gives back what is recorded. */
  readonly started: (call: Envelope, at: Date, type: ConditionType | undefined) => Promise<Recorded>
  readonly waiting: typeof recordWaiting
  readonly succeeded: typeof recordSucceeded
  readonly failed: typeof recordFailed
  readonly status: typeof recordStatus
  /** Whether the record has what it is told. */
  readonly isKept: boolean
}

const inRecord: Progress = {
  started: startUnlessEnded,
  waiting: recordWaiting,
  succeeded: recordSucceeded,
  failed: recordFailed,
  status: recordStatus,
  isKept: true,
}

const nothing = () => Promise.resolve()
const unrecorded: Progress = {
  started: () => Promise.resolve({ operation: undefined, cluster: noStatus, workload: noStatus }),
  waiting: nothing,
  succeeded: nothing,
  failed: nothing,
  status: nothing,
  isKept: false,
}

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
): MiddyfiedHandler<unknown, AnswerOf<Description>> {
  const progress = description.recording ? unrecorded : inRecord
  // Middy's own early time-out is off: it would answer while the step is still writing.
  return middy<unknown, AnswerOf<Description>>({ timeoutEarlyInMillis: 0 }).handler((event, context) =>
    handle({ description, run, progress }, event, context),
  )
}

type AnswerOf<Description extends StepDescription> = StepAnswer<DeepReadonly<z.output<Description['output']>>>

interface Work<Description extends StepDescription> {
  readonly description: Description
  readonly run: StepRun<Description>
  readonly progress: Progress
}

async function handle<Description extends StepDescription>(
  { description, run, progress }: Work<Description>,
  event: unknown,
  context: Context,
): Promise<AnswerOf<Description>> {
  const call = parseEnvelope(description.state, event)
  const signal = AbortSignal.timeout(Math.max(0, context.getRemainingTimeInMillis() - reserveMs))
  const started = Date.now()
  let recorded: Recorded | undefined
  try {
    recorded = await progress.started(call, new Date(started), description.condition?.type)
    const result = await run(parseInput(description, call), { ...call, signal, status: recorded.cluster })
    const answer = await settle(call, progress, result, { recorded, condition: description.condition })
    log('info', answer.ready ? 'step succeeded' : 'step waits', { ...namesOf(call), durationMs: Date.now() - started })
    return answer
  } catch (error) {
    throw await settleFailure(call, progress, error, { signal, started, recorded, type: description.condition?.type })
  }
}

/**
 * Records the start of the step. A stopped execution may still have a running task. An execution may also start late,
 * after another operation has ended this one and acquired its stale lock.
 *
 * @throws {OperationEnded} when the operation has ended
 */
async function startUnlessEnded(call: Envelope, at: Date, type: ConditionType | undefined): Promise<Recorded> {
  const [recorded] = await Promise.all([readRecorded(call, type), recordStarted(call, at)])
  const { operation } = recorded
  if (operation && !hasEnded(operation.status)) return recorded
  throw endedMeanwhile(call.cluster, operation?.status)
}

/** What the result says of the step's condition, and of what it has observed. */
function knownBy(result: StepResult<object>, condition: StepCondition | undefined): Known {
  if ('waiting' in result) return { assessment: whileWaiting(result.waiting), observed: result.observed }
  const assessment = result.assessment ?? (condition && afterSuccess(condition, result.output))
  return { assessment, observed: result.observed }
}

function parseEnvelope(state: string, event: unknown): Envelope {
  const parsed = envelope.safeParse(event)
  if (!parsed.success) throw invalid(state, parsed.error)
  if (parsed.data.state === state) return parsed.data
  throw new InvalidStepInput({
    object: `state ${state}`,
    reason: `the function of ${state} was called by the state ${parsed.data.state}`,
    action: 'Deploy the state machine and the functions of one version',
  })
}

function parseInput<Description extends StepDescription>(
  { state, input }: Description,
  call: Envelope,
): z.output<Description['input']> {
  const parsed = z.safeParse<Description['input']>(input, call.input)
  if (!parsed.success) throw invalid(state, parsed.error)
  return parsed.data
}

/** Names the fields only: their values come from the caller. */
function invalid(state: string, error: z.core.$ZodError): InvalidStepInput {
  const fields = error.issues.map((issue) => `${issue.path.join('.') || 'the payload'} (${issue.code})`)
  return new InvalidStepInput({
    object: `state ${state}`,
    reason: `its input does not fit: ${fields.join(', ')}`,
    action: 'Deploy the state machine and the functions of one version',
  })
}

async function settle<Output extends object>(
  call: Envelope,
  progress: Progress,
  result: StepResult<Output>,
  { recorded, condition }: { readonly recorded: Recorded; readonly condition: StepCondition | undefined },
): Promise<StepAnswer<Output>> {
  const status = progress.status(call, recorded, condition?.type, knownBy(result, condition))
  if ('waiting' in result) {
    await allDone([progress.waiting(call, result.waiting, result.changes ?? []), status])
    return { ready: false, reason: result.waiting.reason, events: result.waiting.events ?? [] }
  }
  await allDone([progress.succeeded(call, result, new Date()), status])
  return { ready: true, ...result.output }
}

/** Records the failure and returns the error to throw. */
async function settleFailure(
  call: Envelope,
  progress: Progress,
  thrown: unknown,
  attempt: {
    readonly signal: AbortSignal
    readonly started: number
    /** Undefined when the step could not even start. */
    readonly recorded: Recorded | undefined
    readonly type: ConditionType | undefined
  },
): Promise<Error> {
  const { error, recorded } = presentable(call.state, thrown, attempt.signal)
  log('error', 'step failed', {
    ...namesOf(call),
    durationMs: Date.now() - attempt.started,
    error: recorded,
    ...(error !== thrown && { frames: framesOf(thrown) }),
  })
  const isRecorded = await recordFailure(call, progress, recorded, attempt).catch((failure: unknown) => {
    log('error', 'progress not recorded', { ...namesOf(call), frames: framesOf(failure) })
    return false
  })
  return isRecorded ? error : withFailure(call, recorded)
}

/** Gives back whether the record has the failure now. */
async function recordFailure(
  call: Envelope,
  progress: Progress,
  error: RecordedError,
  { recorded, type }: { readonly recorded: Recorded | undefined; readonly type: ConditionType | undefined },
): Promise<boolean> {
  await allDone([
    progress.failed(call, error, new Date()),
    recorded ? progress.status(call, recorded, type, { assessment: afterFailure(error) }) : nothing(),
  ])
  return progress.isKept
}

/** The error for a failure that is not in the record: its message carries the failure. */
function withFailure({ state, item }: Envelope, recorded: RecordedError): Error {
  const error = new Error(encodeFailure({ ...recorded, step: state, ...(item !== undefined && { item }) }))
  error.name = recorded.name
  return error
}

function presentable(state: string, thrown: unknown, signal: AbortSignal): { error: Error; recorded: RecordedError } {
  const error = stepErrorOf(state, thrown, signal)
  if (error) {
    return { error, recorded: { name: error.name, object: error.object, reason: error.reason, action: error.action } }
  }
  const name = thrown instanceof Error ? thrown.name : 'Error'
  const recorded = {
    name,
    object: `state ${state}`,
    reason: `an unexpected ${name}, which is a defect of this project`,
    action: "Look for the operation's id in the log of the function, and report what you find",
  }
  const opaque = new Error(`${recorded.object}: ${recorded.reason}. ${recorded.action}.`)
  opaque.name = name
  return { error: opaque, recorded }
}

function stepErrorOf(state: string, thrown: unknown, signal: AbortSignal): StepError | undefined {
  if (thrown instanceof StepError) return thrown
  if (!signal.aborted) return undefined
  return new CloudUnavailable({
    object: `state ${state}`,
    reason: "it did not end within its function's time",
    action: 'Send the request again in some minutes if it persists',
  })
}

function namesOf(call: Envelope): Record<string, unknown> {
  return {
    operationId: call.operationId,
    cluster: call.cluster,
    state: call.state,
    item: call.item,
    attempt: call.attempt,
  }
}
