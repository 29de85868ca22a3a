import type { Thumbprinted } from './keys.ts'

/** By what the cluster that was set up is known again: others can name its issuer, and none can sign with its keys. */
export interface OwnCluster {
  /** Those that its tokens may name, the newest first. */
  readonly issuers: readonly string[]
  /** One of these has signed its tokens. Left out where they are not known. */
  readonly keys?: readonly Thumbprinted[] | undefined
}
