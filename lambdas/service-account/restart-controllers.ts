import * as z from 'zod/mini'
import type { ClusterClient } from '../clouds/kubernetes/cluster-client.ts'
import { displayName } from '../clouds/kubernetes/object.ts'
import { attemptAll } from '../errors/attempts.ts'
import type { RecordedError } from '../errors/recorded.ts'
import { connectToCluster } from '../objects/connect.ts'
import type { Change } from '../report/change.ts'
import { target } from '../spec/target.ts'
import type { StepRun } from '../steps/contract.ts'
import { step } from '../steps/step.ts'
import { canRestart, type UnmutatedPods, unmutatedPods } from './unmutated.ts'

export const input = z.object({
  target,
  unmutated: z.array(unmutatedPods),
  /** ISO 8601, the same when the step is tried again: so that nothing is restarted twice. */
  at: z.string(),
})

type Input = z.output<typeof input>

interface Output {
  readonly left: readonly RecordedError[]
}

/**
 * Restarts the controllers of these pods as `kubectl rollout restart` does, and no others: by an annotation of their
 * template, at their own pace. Pods alone and those of Jobs are the reader's to make again. One that is gone has no pods any
 * more; one that may not be restarted keeps no other from it, and is `left`.
 */
export const run: StepRun<Input, Output> = async ({ target, unmutated, at }, { signal }) => {
  const cluster = await connectToCluster(target, signal)
  const refs = new Map(unmutated.flatMap(refOf).map((ref) => [displayName(ref), ref]))
  const { done, left } = await attemptAll([...refs.values()].map((ref) => restart(cluster, ref, at)))
  return { output: { left }, changes: done.flat() }
}

export const handler = step({ state: 'RestartControllers', input, run })

type Ref = NonNullable<UnmutatedPods['controller']> & { readonly namespace: string }

function refOf({ namespace, controller }: UnmutatedPods): Ref[] {
  return controller && canRestart(controller) ? [{ ...controller, namespace }] : []
}

async function restart(cluster: ClusterClient, ref: Ref, at: string): Promise<readonly Change[]> {
  const isThere = await cluster.restart(ref, at)
  const detail = 'restarted: its pods ran without their role'
  return isThere ? [{ object: displayName(ref), action: 'updated', detail }] : []
}
