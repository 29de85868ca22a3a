import { displayName } from '../../clouds/kubernetes/object.ts'
import { connectToCluster } from '../../objects/connect.ts'
import { removeOurs } from '../../objects/remove-owned.ts'
import { recordCandidate } from '../../operations/record/cluster-record.ts'
import type { Change } from '../../report/change.ts'
import type { StepRun } from '../../steps/contract.ts'
import { step } from '../../steps/step.ts'
import { isSwitched, namespaceOf, realConfigurationRef } from '../desired/configuration.ts'
import { candidateRefs } from './candidate.ts'
import { description } from './remove-candidate.step.ts'

/**
 * Removes the candidate, and first the configuration that sends the canary's pods to it. If the cluster's pods are sent
 * to the candidate, it stays, and `removed` is false.
 */
export const run: StepRun<typeof description> = async ({ target }, { cluster: clusterName, signal, status }) => {
  const cluster = await connectToCluster(target, signal)
  const configuration = await cluster.get(realConfigurationRef)
  const namespace = configuration && namespaceOf(configuration)
  if (!configuration || namespace === undefined) return { output: { removed: true }, changes: [] }
  const refs = candidateRefs(namespace)
  if (isSwitched(configuration)) {
    const stays = { action: 'unchanged', detail: 'kept, because pods are sent to the candidate' } as const
    return { output: { removed: false }, changes: refs.map((ref) => ({ object: displayName(ref), ...stays })) }
  }
  const changes: Change[] = []
  for (const ref of refs) changes.push(...(await removeOurs(cluster, ref)))
  await recordCandidate(clusterName, false, status)
  return { output: { removed: true }, changes }
}

export const handler = step(description, run)
