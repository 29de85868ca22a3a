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
  reconcile: z._default(z.enum(['report', 'repair', 'suspended']), 'report'),
})

export interface RecordedSpec {
  /** Whether a setup has created the cluster, according to the newest request. */
  readonly isMade: boolean
  /** Whether the deployment publishes the signing keys. */
  readonly isHosted: boolean
  /** The webhook in the spec. */
  readonly webhook: z.output<typeof webhook>
  /** What a scheduled drift does. */
  readonly reconcile: z.output<typeof spec>['reconcile']
}

/** The parts of the spec that the page needs. */
export function recordedSpec(recorded: object): RecordedSpec {
  const nothing: z.output<typeof spec> = { cluster: {}, reconcile: 'report' }
  const { cluster, discovery, webhook: asked = {}, reconcile } = spec.safeParse(recorded).data ?? nothing
  return { isMade: cluster.spec !== undefined, isHosted: discovery?.hosting !== undefined, webhook: asked, reconcile }
}

/** The tag of an image, or the start of its digest. Undefined without both. */
export function imageVersion(image: string): string | undefined {
  const [name = '', digest] = image.split('@')
  if (digest !== undefined) return digest.slice(0, 'sha256:'.length + 12)
  return /:([\w.-]+)$/.exec(name)?.[1]
}
