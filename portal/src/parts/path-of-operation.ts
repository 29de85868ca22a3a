/** Paths of token callers begin with the name of the issuer. */
const ofOperation = /^(?:\/[a-z0-9-]+)?\/v1(\/operations\/[\w-]+)$/

/** The page of a problem's operation, if any. */
export function pathOfOperation(instance: string | undefined): string | undefined {
  return ofOperation.exec(instance ?? '')?.[1]
}
