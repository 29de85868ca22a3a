import type { Manifest } from '../../../../lambdas/clouds/kubernetes/object.ts'
import type { Cluster } from '../../../../sandbox/kubernetes/index.ts'
import { send } from '../../../sandbox/kubernetes/support.ts'

/** Creates an object as `kubectl apply` does, with kubectl's field manager. */
export async function kubectlApply(cluster: Cluster, manifest: Manifest): Promise<void> {
  const { apiVersion, kind, metadata } = manifest
  const type = cluster.types.find((each) => each.kind === kind)
  if (!type) throw new Error(`${cluster.name} has no kind ${kind}`)
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`
  const scope = metadata.namespace === undefined ? '' : `/namespaces/${metadata.namespace}`
  const path = `${root}${scope}/${type.plural}?fieldManager=kubectl-client-side-apply`
  const { code, body } = await send(cluster, `POST ${path}`, { body: manifest })
  if (code !== 201) throw new Error(`${kind} ${metadata.name}: ${JSON.stringify(body)}`)
}
