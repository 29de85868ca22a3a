/** The payload from the state machine to a step. */
import * as z from 'zod/mini'
import { InvalidStepInput } from '../errors/step-errors.ts'
import type { StepDescription } from './description.ts'

/** `input` is the step's own input. */
const envelope = z.object({
  operationId: z.string(),
  /** Absent in a step that is not for a single cluster. */
  cluster: z._default(z.string(), ''),
  state: z.string(),
  /** `namespace/account` when a step runs for each workload. */
  item: z.optional(z.string()),
  /** The time (ISO 8601) until which the state machine calls a step that is not ready. */
  deadline: z.optional(z.string()),
  /** 0 for the first attempt after the workflow has entered the state. */
  attempt: z.number(),
  /** Absent in workflows without dry runs. */
  dryRun: z._default(z.boolean(), false),
  input: z.unknown(),
})

export type Envelope = z.output<typeof envelope>

/**
 * The envelope of a call.
 *
 * @throws {InvalidStepInput} when the payload is not an envelope, or is for another step
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

/** The step's own input, parsed by its description, or the parse error. */
export type ReadInput<Description extends StepDescription> = z.core.util.SafeParseResult<z.output<Description['input']>>

export function readInput<Description extends StepDescription>(
  { input }: Description,
  call: Envelope,
): ReadInput<Description> {
  return z.safeParse<Description['input']>(input, call.input)
}

/** @throws {InvalidStepInput} when the input does not match the description. The error names fields, but no values */
export function requireInput<Description extends StepDescription>(
  state: string,
  read: ReadInput<Description>,
): z.output<Description['input']> {
  if (!read.success) throw invalid(state, read.error)
  return read.data
}

/** Names the fields only, because their values come from the caller. */
function invalid(state: string, error: z.core.$ZodError): InvalidStepInput {
  const fields = error.issues.map((issue) => `${issue.path.join('.') || 'the payload'} (${issue.code})`)
  return new InvalidStepInput({
    object: `state ${state}`,
    reason: `its input does not fit: ${fields.join(', ')}`,
    action: 'Deploy the state machine and the functions of one version',
  })
}

export function namesOf(call: Envelope): Record<string, unknown> {
  return {
    operationId: call.operationId,
    cluster: call.cluster,
    state: call.state,
    item: call.item,
    attempt: call.attempt,
  }
}
