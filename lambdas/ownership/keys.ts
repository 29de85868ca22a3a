/** Signing keys are compared by thumbprint: a cluster may give a key another ID, or an ID to another key. */
export interface Thumbprinted {
  /** RFC 7638, SHA-256, base64url. */
  readonly thumbprint: string
}

export function isAmong(keys: readonly Thumbprinted[], { thumbprint }: Thumbprinted): boolean {
  return keys.some((one) => one.thumbprint === thumbprint)
}

export function without<Key extends Thumbprinted>(keys: readonly Key[], others: readonly Thumbprinted[]): Key[] {
  return keys.filter((key) => !isAmong(others, key))
}
