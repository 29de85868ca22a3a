/** Paths of callers with a token begin with the name of its issuer. */
const ofOperation = /^(?:\/[a-z0-9-]+)?\/v1(\/operations\/[\w-]+)$/

/** The page of the operation that a problem is about, if it is about one. */
export function pathOfOperation(instance: string | undefined): string | undefined {
  return ofOperation.exec(instance ?? '')?.[1]
}
