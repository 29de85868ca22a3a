import { apply } from '../../objects/apply.ts'
import { connectToCluster } from '../../objects/connect.ts'
import type { StepRun } from '../../steps/contract.ts'
import { step } from '../../steps/step.ts'
import { realConfiguration, realConfigurationRef } from '../desired/configuration.ts'
import { nextName } from '../desired/names.ts'
import { authorityIn } from '../observed/webhook.ts'
import { description } from './divert-to-next.step.ts'

/**
 * Sends the pods of the cluster to the webhook beside the one in use, which has passed its check, in one write: from here
 * on the other can be changed in any way. What becomes of pods while neither answers stays as it is.
 */
export const run: StepRun<typeof description> = async ({ target, next, adopt }, { signal }) => {
  const cluster = await connectToCluster(target, signal)
  const { namespace } = next
  const [authorities, configuration] = await Promise.all([
    authorityIn(cluster, namespace, nextName),
    cluster.get(realConfigurationRef),
  ])
  const failurePolicy = configuration?.webhooks?.[0]?.failurePolicy === 'Fail' ? 'Fail' : 'Ignore'
  const diverted = realConfiguration({ namespace, authorities, service: nextName }, failurePolicy)
  return { output: {}, changes: [await apply(cluster, diverted, { adopt })] }
}

export const handler = step(description, run)
