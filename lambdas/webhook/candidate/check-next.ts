import * as z from 'zod/mini'
import { connectToCluster } from '../../objects/connect.ts'
import { target } from '../../spec/target.ts'
import type { StepRun } from '../../steps/contract.ts'
import { step } from '../../steps/step.ts'
import { nextName } from '../desired/names.ts'
import { reasonNotMutated } from '../observed/canary.ts'
import { rolloutWaiting } from '../observed/webhook.ts'

export const input = z.object({
  target,
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
