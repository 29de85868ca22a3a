import type { Manifest } from '../../../../lambdas/clouds/kubernetes/object.ts'
import type { Cluster } from '../../../../sandbox/kubernetes/index.ts'
import { send } from '../../../sandbox/kubernetes/support.ts'

/** Makes an object as `kubectl apply` does, in somebody else's name. */
export async function kubectlApply(cluster: Cluster, manifest: Manifest): Promise<void> {
  const { apiVersion, kind, metadata } = manifest
  const type = cluster.types.find((served) => served.kind === kind)
  if (!type) throw new Error(`${cluster.name} serves no ${kind}`)
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`
  const place = metadata.namespace === undefined ? '' : `/namespaces/${metadata.namespace}`
  const path = `${root}${place}/${type.plural}?fieldManager=kubectl-client-side-apply`
  const { code, body } = await send(cluster, `POST ${path}`, { body: manifest })
  if (code !== 201) throw new Error(`${kind} ${metadata.name}: ${JSON.stringify(body)}`)
}
