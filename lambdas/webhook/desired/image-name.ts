import { imageReference, longestImageReference } from '../../spec/patterns.ts'

/** The reason why an image reference is not acceptable. A reference must mean the same image at every restart. */
export function imageProblem(image: string): string | undefined {
  const parts = image.length > longestImageReference ? undefined : imageReference.exec(image)?.groups
  if (parts === undefined) return 'is not an image reference: use REGISTRY/NAME:TAG or REGISTRY/NAME@sha256:DIGEST'
  if (parts.digest !== undefined) return undefined
  if (parts.tag === undefined) return 'has neither tag nor digest: add the version, as in NAME:v0.6.17'
  if (parts.tag === 'latest') return 'has the tag latest, whose image can change: use the tag of a version, or a digest'
  return undefined
}
