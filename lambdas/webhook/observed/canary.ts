import type { ClusterClient } from '../../clouds/kubernetes/cluster-client.ts'
import { CloudUnavailable } from '../../errors/step-errors.ts'
import { canaries, canaryPod, canaryRoleArn } from '../desired/canary.ts'
import { missingFromPod } from '../desired/proof-pod.ts'

/** The reason why the webhook does not mutate a canary's pod in a dry run. Undefined if it mutates the pod. */
export async function reasonNotMutated(
  cluster: ClusterClient,
  namespace: string,
  of: keyof typeof canaries,
): Promise<string | undefined> {
  try {
    const pod = await cluster.create(canaryPod(namespace, of), { dryRun: true })
    const missing = missingFromPod(pod, canaryRoleArn)
    if (missing.length === 0) return undefined
    return `the API server makes pods of ${namespace}/${canaries[of].account} without ${missing.join(', ')}: the webhook may not know the account yet`
  } catch (error) {
    // The canary's configuration has failure policy Fail, so the API server reports why it could not call the webhook.
    if (error instanceof CloudUnavailable) return error.reason
    throw error
  }
}
