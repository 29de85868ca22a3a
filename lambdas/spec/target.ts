import * as z from 'zod/mini'
import { plainPath } from './patterns.ts'

const secretArn = z.string().check(z.regex(plainPath))

/** The cluster of a step, as the state machine passes it: the credentials and the proxy of its API server. */
export const target = z.object({
  name: z.string(),
  /** Absent when the agent of the cluster relays the requests. */
  credentialsSecretArn: z.exactOptional(secretArn),
  proxyUrl: z.exactOptional(z.string()),
})

/** The credentials and the proxy of the cluster's management cluster. */
export const managementTarget = z.object({ credentialsSecretArn: secretArn, proxyUrl: target.shape.proxyUrl })
