import * as z from 'zod/mini'

/** The cluster that a step works on, as the state machine names it: its API server's credentials and proxy. */
export const target = z.object({
  name: z.string(),
  credentialsSecretArn: z.string(),
  proxyUrl: z.exactOptional(z.string()),
})
