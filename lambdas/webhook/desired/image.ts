/** Major, minor, patch. */
export type ImageVersion = readonly [number, number, number]

/** Tags that are commits of the webhook's repository, each with the preceding release. */
const commits: Readonly<Record<string, ImageVersion>> = { ed8c41f: [0, 2, 0] }

/**
 * The version in an image's tag: `v0.6.17`, `0.3`, `v0.5.3-eks-1-28-7`, `release-0.2.2-gke.0`. A digest may follow the
 * tag. Undefined for a digest alone, for `latest`, and for an unknown commit.
 */
export function versionOf(image: string): ImageVersion | undefined {
  const tag = tagOf(image)
  if (tag === undefined) return undefined
  const [, major, minor, patch = '0'] =
    /^(?:release-|v)?(\d{1,4})\.(\d{1,4})(?:\.(\d{1,4}))?(?:[-+_.].*)?$/.exec(tag) ?? []
  if (minor === undefined) return commits[tag]
  return [Number(major), Number(minor), Number(patch)]
}

/** Whether the image is the build for Kubernetes up to 1.18, which must be replaced before an upgrade to 1.19. */
export function endsBefore119(image: string): boolean {
  return tagOf(image) === 'release-0.2.2-gke.0'
}

export function isAtLeast(version: ImageVersion, least: ImageVersion): boolean {
  for (const [index, part] of least.entries()) {
    const observed = version[index] ?? 0
    if (observed !== part) return observed > part
  }
  return true
}

/** A colon before the last slash belongs to the registry's port. */
function tagOf(image: string): string | undefined {
  const [reference = ''] = image.split('@')
  const name = reference.slice(reference.lastIndexOf('/') + 1)
  return name.split(':')[1]
}
