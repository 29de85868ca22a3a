import type { Call } from '../context.ts'
import { applyDefaults } from '../objects/defaults.ts'
import type { KubeObject } from '../objects/objects.ts'
import { admitServiceAccount } from './service-account.ts'
import { callMutatingWebhooks } from './webhooks.ts'

/** Everything that admission does to a new pod, in the order of a real server. */
export async function admitPod(pod: KubeObject, call: Call): Promise<KubeObject> {
  admitServiceAccount(pod, call)
  const mutated = await callMutatingWebhooks(pod, call)
  applyDefaults(mutated, call.target.type.schema, { kind: 'Pod', apiVersion: 'v1', minor: call.cluster.minor })
  return mutated
}
