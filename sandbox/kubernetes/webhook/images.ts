export interface WebhookImage {
  /** `[0, 2, 0]` for v0.2.0. The tag ed8c41f is a commit between v0.2.0 and v0.3.0, and counts as v0.2.9. */
  readonly version: readonly [number, number, number]
  /** The API version of its certificate requests. Newer images use v1, with a signer that v1 does not accept. */
  readonly csrVersion: 'v1beta1' | 'v1'
  /** Before v0.3.0, the value true of the annotation sts-regional-endpoints turned AWS_STS_REGIONAL_ENDPOINTS off. */
  readonly invertsRegionalAnnotation: boolean
  /** /healthz is HTTP on the metrics port through v0.5.5, and HTTPS on the main port from v0.5.6. */
  readonly healthOnMainPort: boolean
}

const repositories = [
  /^public\.ecr\.aws\/eks\/amazon-eks-pod-identity-webhook$/,
  /^(docker\.io\/)?amazon\/amazon-eks-pod-identity-webhook$/,
  /^([a-z]+\.)?gcr\.io\/[a-z0-9-]+(\/[a-z0-9-]+)*\/amazon-eks-pod-identity-webhook$/,
]

export const newestImage = 'public.ecr.aws/eks/amazon-eks-pod-identity-webhook:v0.6.17'

/** The relevant published tags. The last tag of each range is the newest patch. */
const tags: Readonly<Record<string, readonly [number, number, number]>> = {
  ed8c41f: [0, 2, 9],
  'release-0.2.2-gke.0': [0, 2, 2],
  ...range(0, 2, 0),
  ...range(0, 3, 0),
  ...range(0, 4, 0),
  ...range(0, 5, 7),
  ...range(0, 6, 17),
}

function range(major: number, minor: number, lastPatch: number): Record<string, readonly [number, number, number]> {
  const patches = Array.from({ length: lastPatch + 1 }, (_, patch) => patch)
  return Object.fromEntries(patches.map((patch) => [`v${major}.${minor}.${patch}`, [major, minor, patch] as const]))
}

/** True for each image with the webhook's name, in any registry. */
export function isWebhookName(image: string): boolean {
  return /(^|\/)amazon-eks-pod-identity-webhook(:|@|$)/.test(image)
}

/** Returns the webhook that this image reference pulls, or undefined for a repository or tag that does not exist. */
export function pullWebhook(image: string): WebhookImage | undefined {
  const [repository = '', tag = ''] = image.split(/:(?=[^/:]+$)/)
  const version = repositories.some((known) => known.test(repository)) ? tags[tag] : undefined
  if (!version) return undefined
  return {
    version,
    csrVersion: isBefore(version, [0, 4, 0]) ? 'v1beta1' : 'v1',
    invertsRegionalAnnotation: isBefore(version, [0, 3, 0]),
    healthOnMainPort: !isBefore(version, [0, 5, 6]),
  }
}

export function isBefore(version: readonly number[], other: readonly number[]): boolean {
  const difference = version.map((part, index) => part - (other[index] ?? 0)).find((part) => part !== 0)
  return (difference ?? 0) < 0
}
