import * as z from 'zod/mini'

const webhook = z.object({
  mode: z.exactOptional(z.string()),
  image: z.exactOptional(z.string()),
  failurePolicy: z.exactOptional(z.string()),
})

const spec = z.object({
  cluster: z.object({ spec: z.optional(z.unknown()) }),
  discovery: z.exactOptional(z.object({ hosting: z.exactOptional(z.string()) })),
  webhook: z.exactOptional(webhook),
})

export interface RecordedSpec {
  /** Whether a setup has made the cluster, as far as the newest request says. */
  readonly isMade: boolean
  /** Whether the deployment publishes the signing keys. */
  readonly isHosted: boolean
  /** What is asked for of the webhook. */
  readonly webhook: z.output<typeof webhook>
}

/** What the page has to know of what is asked for. */
export function recordedSpec(recorded: object): RecordedSpec {
  const { cluster, discovery, webhook: asked = {} } = spec.safeParse(recorded).data ?? { cluster: {} }
  return { isMade: cluster.spec !== undefined, isHosted: discovery?.hosting !== undefined, webhook: asked }
}
