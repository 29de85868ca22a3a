import { KubeConfig, KubernetesObjectApi, PatchStrategy } from '@kubernetes/client-node'
import type { Manifest } from '../../../lambdas/clouds/kubernetes/object.ts'
import type { System } from './system.ts'

/** Applies an object to a cluster of the sandbox, as `kubectl apply --server-side` does with the administrator's kubeconfig. */
export async function applyIn({ sandbox }: System, cluster: string, { metadata, ...rest }: Manifest): Promise<void> {
  const config = new KubeConfig()
  config.loadFromString(sandbox.kubernetes.localKubeconfig(cluster))
  const api = KubernetesObjectApi.makeApiClient(config)
  const object = { ...rest, metadata: { ...metadata } }
  await api.patch(object, undefined, undefined, 'kubectl', true, PatchStrategy.ServerSideApply)
}
