import * as z from 'zod/mini'
import { reasonNotMutated } from '../clouds/kubernetes/canary.ts'
import { connectToCluster } from '../clouds/kubernetes/connect.ts'
import { rolloutWaiting } from '../clouds/kubernetes/webhook.ts'
import { nextName } from '../domain/webhook/names.ts'
import { step } from '../middleware/step.ts'
import type { StepRun } from '../middleware/step-contract.ts'

export const input = z.object({
  target: z.object({ name: z.string(), credentialsSecretArn: z.string(), proxyUrl: z.optional(z.string()) }),
  next: z.object({ namespace: z.string(), replicas: z.number() }),
})

/**
 * Done when all pods of the webhook beside the one in use are available, and the API server reaches it, trusts it and gets
 * its canary mutated. Writes nothing.
 */
export const run: StepRun<z.output<typeof input>, object> = async ({ target, next }, { signal }) => {
  const cluster = await connectToCluster(target, signal)
  const rollout = await rolloutWaiting(cluster, next, nextName)
  if (rollout) return { waiting: rollout }
  const reason = await reasonNotMutated(cluster, next.namespace, 'next')
  return reason === undefined ? { output: {}, changes: [] } : { waiting: { reason } }
}

export const handler = step({ state: 'CheckNext', input, run })
