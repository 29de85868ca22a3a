import * as z from 'zod'

const response = z.object({ status_code: z.number(), headers: z.record(z.string(), z.array(z.string())) })
const interaction = z.object({ response: response.nullish() })
const check = z.object({
  name: z.string(),
  status: z.string(),
  failure_info: z.object({ failure: z.looseObject({ title: z.string(), message: z.string() }) }).nullish(),
})
const generated = z.object({
  value: z.object({
    headers: z.record(z.string(), z.string()).nullish(),
    meta: z.object({ components: z.object({ body: z.object({ mode: z.string() }).optional() }) }).nullish(),
  }),
})
const scenario = z.object({
  recorder: z.object({
    label: z.string(),
    cases: z.record(z.string(), generated).default({}),
    interactions: z.record(z.string(), interaction).default({}),
    checks: z.record(z.string(), z.array(check)).default({}),
  }),
})
const event = z.looseObject({
  ScenarioFinished: scenario.optional(),
  NonFatalError: z.unknown().optional(),
  FatalError: z.unknown().optional(),
})

/** A request of Schemathesis. */
export interface Sent {
  /** For example `POST /v1/setups`. */
  readonly operation: string
  /** Whether its body should fit the description. */
  readonly fits: boolean
  /** Undefined without an answer. */
  readonly status: number | undefined
}

export interface Report {
  readonly sent: readonly Sent[]
  /** The failures: operation, check and reason. */
  readonly failures: readonly string[]
}

/** @param text the report in the format `ndjson`: https://schemathesis.readthedocs.io/en/stable/guides/reporting/ */
export function reportIn(text: string): Report {
  const events = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => event.parse(JSON.parse(line)))
  const recorders = events.flatMap(({ ScenarioFinished: finished }) => (finished ? [finished.recorder] : []))
  const errors = events.flatMap(({ NonFatalError: one, FatalError: other }) => {
    const error = one ?? other
    return error === undefined ? [] : [`Schemathesis itself: ${JSON.stringify(error)}`]
  })
  return {
    sent: recorders.flatMap(({ label, cases, interactions }) =>
      Object.entries(interactions).map(([id, { response: answer }]) => ({
        operation: label,
        fits: cases[id]?.value.meta?.components.body?.mode === 'positive',
        status: answer?.status_code,
      })),
    ),
    failures: [
      ...errors,
      ...recorders.flatMap(({ label, cases, interactions, checks }) =>
        Object.entries(checks).flatMap(([id, ofCase]) =>
          ofCase
            .filter(({ status }) => status !== 'success')
            .filter((each) => !isRefusal(each, interactions[id]?.response) && !isTrimmed(each, cases[id]))
            .map(({ name, failure_info: info }) =>
              [label, name, info?.failure.title, info?.failure.message.slice(0, 500)].join(': '),
            ),
        ),
      ),
    ],
  }
}

/**
 * Refusals by other servers than the API, or that a check does not support:
 * - headers that are too large: the ports before the API refuse more than 16 KiB, as API Gateway refuses more than 10 KiB
 *   (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html)
 * - a body that is too large
 * - a wrong signature of the local port: the SDK's signer skips a parameter with the name `__proto__`, and MiniStack decodes some
 *   unusual characters in headers differently
 */
function isRefusal({ name }: z.infer<typeof check>, answer: z.infer<typeof response> | null | undefined): boolean {
  if (answer?.status_code === 413) return name === 'negative_data_rejection'
  return answer?.status_code === 431 || answer?.headers['x-amzn-errortype']?.[0] === 'InvalidSignatureException'
}

/** HTTP strips blanks at the ends of a key, which do not fit the description: RFC 9110 section 5.5. */
function isTrimmed({ name }: z.infer<typeof check>, sent: z.infer<typeof generated> | undefined): boolean {
  const key = sent?.value.headers?.['Idempotency-Key'] ?? ''
  return name === 'negative_data_rejection' && key !== key.trim()
}
