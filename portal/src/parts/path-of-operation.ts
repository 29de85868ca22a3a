/** For callers with a token, the path begins with the name of their issuer. */
const ofOperation = /^(?:\/[a-z0-9-]+)?\/v1(\/operations\/[\w-]+)$/

/** Returns the path of the operation's page, if the instance of a problem is an operation. */
export function pathOfOperation(instance: string | undefined): string | undefined {
  return ofOperation.exec(instance ?? '')?.[1]
}
