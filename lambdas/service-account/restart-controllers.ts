import type { ClusterClient } from '../clouds/kubernetes/cluster-client.ts'
import { displayName } from '../clouds/kubernetes/object.ts'
import { attemptAll } from '../errors/attempts.ts'
import { connectToCluster } from '../objects/connect.ts'
import type { Change } from '../report/change.ts'
import type { StepRun } from '../steps/contract.ts'
import { step } from '../steps/step.ts'
import type { PodGroup } from './pods.ts'
import { description } from './restart-controllers.step.ts'
import { canRestart } from './unmutated.ts'

/**
 * Restarts the controllers of these pods, and no others. It annotates the pod template as `kubectl rollout restart`
 * does, and each controller restarts its pods at its own pace. The reader has to replace pods without a controller and
 * pods of Jobs. A controller that is gone has no pods any more. A controller that may not be restarted is reported in
 * `left`, and the others are still restarted.
 */
export const run: StepRun<typeof description> = async ({ target, unmutated, at }, { signal, dryRun }) => {
  const cluster = await connectToCluster(target, signal)
  const refs = new Map(unmutated.flatMap(refOf).map((ref) => [displayName(ref), ref]))
  const { done, remaining } = await attemptAll([...refs.values()].map((ref) => restart(cluster, ref, { at, dryRun })))
  return { output: { remaining }, changes: done.flat() }
}

export const handler = step(description, run)

type Ref = NonNullable<PodGroup['controller']> & { readonly namespace: string }

function refOf({ namespace, controller }: PodGroup): Ref[] {
  return controller && canRestart(controller) ? [{ ...controller, namespace }] : []
}

async function restart(
  cluster: ClusterClient,
  ref: Ref,
  { at, dryRun }: { readonly at: string; readonly dryRun: boolean },
): Promise<readonly Change[]> {
  const isThere = await cluster.restart(ref, at, { dryRun })
  const detail = 'restarted, because its pods ran without their role'
  return isThere ? [{ object: displayName(ref), action: 'updated', detail }] : []
}
