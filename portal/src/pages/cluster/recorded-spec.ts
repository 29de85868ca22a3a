import type { SetupRequest } from '../../../../client/api.ts'
import { isSetupRequest } from '../../../../client/starts.ts'

export interface RecordedSpec {
  /** Whether a setup has created the cluster, according to the newest request. */
  readonly isCreatedBySetup: boolean
  /** Whether the deployment publishes the signing keys. */
  readonly isHosted: boolean
  /** The webhook in the spec. */
  readonly webhook: NonNullable<SetupRequest['webhook']>
  /** What a scheduled drift does. */
  readonly reconcile: NonNullable<SetupRequest['reconcile']>
}

/** The parts of the spec that the page needs. */
export function recordedSpec(recorded: object): RecordedSpec {
  const {
    cluster,
    discovery,
    webhook = {},
    reconcile = 'report',
  }: Partial<SetupRequest> = isSetupRequest(recorded) ? recorded : {}
  const isHosted = discovery !== undefined && 'hosting' in discovery
  return { isCreatedBySetup: cluster?.spec !== undefined, isHosted, webhook, reconcile }
}

/** Returns the start of an image's digest, or else its tag. Returns undefined for an image with neither. */
export function imageVersion(image: string): string | undefined {
  const [name = '', digest] = image.split('@')
  if (digest !== undefined) return digest.slice(0, 'sha256:'.length + 12)
  return /:([\w.-]+)$/.exec(name)?.[1]
}
