import * as z from 'zod/mini'
import { plainPath } from './patterns.ts'

/** The cluster of a step, as the state machine passes it: the credentials and the proxy of its API server. */
export const target = z.object({
  name: z.string(),
  credentialsSecretArn: z.string().check(z.regex(plainPath)),
  proxyUrl: z.exactOptional(z.string()),
})

/** The credentials and the proxy of the cluster's management cluster. */
export const managementTarget = z.omit(target, { name: true })
