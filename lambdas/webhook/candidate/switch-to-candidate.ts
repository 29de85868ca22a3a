import { apply } from '../../objects/apply.ts'
import { connectToCluster } from '../../objects/connect.ts'
import type { StepRun } from '../../steps/contract.ts'
import { step } from '../../steps/step.ts'
import { realConfiguration, realConfigurationRef } from '../desired/configuration.ts'
import { candidateName } from '../desired/names.ts'
import { authorityIn } from '../observed/webhook.ts'
import { description } from './switch-to-candidate.step.ts'

/**
 * Sends the cluster's pods to the checked candidate in one write, and keeps the failure policy. Afterwards the other
 * webhook receives no pods, and can be changed.
 */
export const run: StepRun<typeof description> = async ({ target, candidate, adopt }, { signal }) => {
  const cluster = await connectToCluster(target, signal)
  const { namespace } = candidate
  const [authorities, configuration] = await Promise.all([
    authorityIn(cluster, namespace, candidateName),
    cluster.get(realConfigurationRef),
  ])
  const failurePolicy = configuration?.webhooks?.[0]?.failurePolicy === 'Fail' ? 'Fail' : 'Ignore'
  const switched = realConfiguration({ namespace, authorities, service: candidateName }, failurePolicy)
  return { output: {}, changes: [await apply(cluster, switched, { adopt })] }
}

export const handler = step(description, run)
