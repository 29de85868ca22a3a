import * as z from 'zod/mini'

const cause = z.object({
  reason: z.optional(z.string()),
  message: z.optional(z.string()),
  field: z.optional(z.string()),
})

/** The Status object that an API server sends instead of the requested object. */
const apiStatus = z.object({
  kind: z.literal('Status'),
  reason: z.optional(z.string()),
  message: z.optional(z.string()),
  details: z.optional(z.object({ causes: z.optional(z.array(cause)) })),
})

export type ApiStatus = z.output<typeof apiStatus>

/** Returns undefined when the body is no Status object. The server is then no API server, or has a problem. */
export function parseApiStatus(body: string): ApiStatus | undefined {
  try {
    const parsed = apiStatus.safeParse(JSON.parse(body))
    return parsed.success ? parsed.data : undefined
  } catch {
    return undefined
  }
}
