import * as z from 'zod/mini'
import { allDone } from '../all-done.ts'
import type { ClusterClient } from '../clouds/kubernetes/cluster-client.ts'
import { connectToCluster } from '../clouds/kubernetes/connect.ts'
import { displayName } from '../domain/kubernetes/object.ts'
import { type UnmutatedPods, unmutatedPods } from '../domain/upgrade-result.ts'
import { canRestart } from '../domain/webhook/unmutated.ts'
import { step } from '../middleware/step.ts'
import type { Change, StepRun } from '../middleware/step-contract.ts'

export const input = z.object({
  target: z.object({ name: z.string(), credentialsSecretArn: z.string(), proxyUrl: z.optional(z.string()) }),
  unmutated: z.array(unmutatedPods),
  /** ISO 8601, the same when the step is tried again: so that nothing is restarted twice. */
  at: z.string(),
})

/**
 * Restarts the controllers of these pods as `kubectl rollout restart` does, and no others: by an annotation of their
 * template, at their own pace. Pods alone and those of Jobs are the reader's to make again.
 */
export const run: StepRun<z.output<typeof input>, object> = async ({ target, unmutated, at }, { signal }) => {
  const cluster = await connectToCluster(target, signal)
  const refs = new Map(unmutated.flatMap(refOf).map((ref) => [displayName(ref), ref]))
  return { output: {}, changes: await allDone([...refs.values()].map((ref) => restart(cluster, ref, at))) }
}

export const handler = step({ state: 'RestartControllers', input, run })

type Ref = NonNullable<UnmutatedPods['controller']> & { readonly namespace: string }

function refOf({ namespace, controller }: UnmutatedPods): Ref[] {
  return controller && canRestart(controller) ? [{ ...controller, namespace }] : []
}

async function restart(cluster: ClusterClient, ref: Ref, at: string): Promise<Change> {
  await cluster.restart(ref, at)
  return { object: displayName(ref), action: 'updated', detail: 'restarted: its pods ran without their role' }
}
