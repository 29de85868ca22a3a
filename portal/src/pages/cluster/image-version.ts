/** The tag of an image, or the start of its digest. Undefined without both. */
export function imageVersion(image: string): string | undefined {
  const [name = '', digest] = image.split('@')
  if (digest !== undefined) return digest.slice(0, 'sha256:'.length + 12)
  return /:([\w.-]+)$/.exec(name)?.[1]
}
