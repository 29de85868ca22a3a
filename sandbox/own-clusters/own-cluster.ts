/** A user's cluster in the sandbox: the messages between `npm run sandbox -- cluster` and the sandbox. */
import * as z from 'zod/mini'

export const clustersPath = '/sandbox/clusters'

export const ownKinds = ['private-issuer', 'public-issuer', 'new-gke-on-aws'] as const

export type OwnKind = (typeof ownKinds)[number]

export const ownCluster = z.object({
  /** `elsewhere`: a cluster of kind or k3s on this machine. */
  kind: z.enum([...ownKinds, 'elsewhere']),
  /** Whether this call has created it. */
  isNew: z.boolean(),
  /** The version that its API server reports. Absent until a setup has created the cluster. */
  version: z.optional(z.string()),
  /** ARN of the secret with credentials. Absent if `wid connect` has to create the secret. */
  secret: z.optional(z.string()),
  /** The file with the request. An existing file stays. */
  request: z.string(),
  /**
   * The kubeconfig file for clients on this machine. The caller writes the file for a cluster elsewhere. Absent until a
   * setup has created the cluster.
   */
  kubeconfig: z.optional(z.string()),
  /** Whether an agent connects the cluster. */
  agent: z.optional(z.boolean()),
  /** For a cluster elsewhere: its host name for functions, and the proxy that routes the name. */
  way: z.optional(z.object({ host: z.string(), proxy: z.string() })),
  /** The issuers that an administrator sets when the setup waits for them. The first is for new tokens. */
  issuers: z.optional(z.array(z.string())),
})

export type OwnCluster = z.output<typeof ownCluster>
