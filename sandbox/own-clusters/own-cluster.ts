/** A cluster of one's own in the sandbox: the words between the command that asks for it and the sandbox that makes it. */
import * as z from 'zod/mini'

/** Where the sandbox's local port makes one. */
export const clustersPath = '/sandbox/clusters'

/** Of the kinds that `wid init` knows. */
export const ownKinds = ['private-issuer', 'public-issuer', 'new-gke-on-aws'] as const

export type OwnKind = (typeof ownKinds)[number]

/** What there is for a cluster of one's own. */
export const ownCluster = z.object({
  /** `elsewhere`: one that somebody else runs on this machine, with kind or k3s. */
  kind: z.enum([...ownKinds, 'elsewhere']),
  /** Whether this call has made it. */
  isNew: z.boolean(),
  /** As its /version says; absent for one that a setup creates. */
  version: z.optional(z.string()),
  /** ARN of the secret with credentials; absent for one that `wid connect` has to make. */
  secret: z.optional(z.string()),
  /** The file with the request. What somebody has written into it stays. */
  request: z.string(),
  /** The file for clients on this machine, which is the caller's to write for a cluster elsewhere; absent for one that a setup creates. */
  kubeconfig: z.optional(z.string()),
  /** To one elsewhere: the name by which functions reach it, and the proxy that knows the name. */
  way: z.optional(z.object({ host: z.string(), proxy: z.string() })),
  /** What an administrator sets on the API server once the setup asks for it: the first is for new tokens. */
  issuers: z.optional(z.array(z.string())),
})

export type OwnCluster = z.output<typeof ownCluster>
