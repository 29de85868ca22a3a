/** What the state machine sends to a step. */
import * as z from 'zod/mini'
import { InvalidStepInput } from '../errors/step-errors.ts'
import type { StepDescription } from './description.ts'

/** `input` is the step's own input. */
const envelope = z.object({
  operationId: z.string(),
  /** Left out in a workflow on all clusters, by a step that is not about one cluster. */
  cluster: z._default(z.string(), ''),
  state: z.string(),
  /** `namespace/account` when a step runs once for each workload. */
  item: z.optional(z.string()),
  /** ISO 8601. Until when the state machine calls a step that is not ready. */
  deadline: z.optional(z.string()),
  /** 0 for the first attempt in one visit of the state. */
  attempt: z.number(),
  /** Left out by workflows that write. */
  dryRun: z._default(z.boolean(), false),
  input: z.unknown(),
})

export type Envelope = z.output<typeof envelope>

/**
 * The envelope of a call.
 *
 * @throws {InvalidStepInput} when the payload is not an envelope, or is of another step
 */
export function parseEnvelope(state: string, event: unknown): Envelope {
  const parsed = envelope.safeParse(event)
  if (!parsed.success) throw invalid(state, parsed.error)
  if (parsed.data.state === state) return parsed.data
  throw new InvalidStepInput({
    object: `state ${state}`,
    reason: `the function of ${state} was called by the state ${parsed.data.state}`,
    action: 'Deploy the state machine and the functions of one version',
  })
}

/** A step's own input as its description reads it, or what does not fit. */
export type ReadInput<Description extends StepDescription> = z.core.util.SafeParseResult<z.output<Description['input']>>

export function readInput<Description extends StepDescription>(
  { input }: Description,
  call: Envelope,
): ReadInput<Description> {
  return z.safeParse<Description['input']>(input, call.input)
}

/** @throws {InvalidStepInput} when the input does not fit the description; it names the fields and no values */
export function requireInput<Description extends StepDescription>(
  state: string,
  read: ReadInput<Description>,
): z.output<Description['input']> {
  if (!read.success) throw invalid(state, read.error)
  return read.data
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

/** The names of a call in the log. */
export function namesOf(call: Envelope): Record<string, unknown> {
  return {
    operationId: call.operationId,
    cluster: call.cluster,
    state: call.state,
    item: call.item,
    attempt: call.attempt,
  }
}
