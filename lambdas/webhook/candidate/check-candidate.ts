import { connectToCluster } from '../../objects/connect.ts'
import type { StepRun } from '../../steps/contract.ts'
import { step } from '../../steps/step.ts'
import { candidateName } from '../desired/names.ts'
import { reasonNotMutated } from '../observed/canary.ts'
import { rolloutWaiting } from '../observed/webhook.ts'
import { description } from './check-candidate.step.ts'

/** Waits until the candidate's pods are available and the candidate mutates its canary. Writes nothing. */
export const run: StepRun<typeof description> = async ({ target, candidate }, { signal }) => {
  const cluster = await connectToCluster(target, signal)
  const rollout = await rolloutWaiting(cluster, { ...candidate, name: candidateName })
  if (rollout) return { waiting: rollout }
  const reason = await reasonNotMutated(cluster, candidate.namespace, 'candidate')
  return reason === undefined ? { output: {}, changes: [] } : { waiting: { reason } }
}

export const handler = step(description, run)
