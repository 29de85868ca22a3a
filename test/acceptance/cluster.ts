import { ApiException, KubernetesObjectApi } from '@kubernetes/client-node'
import { addressOf } from '../../cli/connect/kubeconfig.ts'
import type { Context } from '../../cli/context.ts'
import { ClusterAccess, type Manifest } from '../../cli/kubernetes/cluster-access.ts'
import { type KubeconfigOptions, ownKubeconfig } from '../../cli/kubernetes/own-kubeconfig.ts'
import type { RequestDocument } from '../../cli/request-file/read.ts'
import { otherNamespaces } from '../../cli/rights/changes.ts'
import { ownTarget, rightsFor } from '../../cli/rights/target.ts'

/** @throws {CommandError} when the cluster does not answer, or functions could not reach it */
export async function requireReachable({ kubeconfig, context }: KubeconfigOptions): Promise<void> {
  const access = new ClusterAccess(ownKubeconfig(kubeconfig, context))
  await addressOf(access.cluster)
  await access.minor()
}

/** The objects that `wid connect` will create, because they do not exist yet. */
export async function missingRights(
  context: Context,
  document: RequestDocument,
  options: KubeconfigOptions,
): Promise<readonly Manifest[]> {
  const target = ownTarget(context, options, document.request.cluster.name)
  const rights = await rightsFor(context, { document }, { ...options, teardown: true }, target)
  const all = [...otherNamespaces(rights), ...rights]
  const observed = await Promise.all(all.map((object) => target.access.read(object)))
  return all.filter((_, index) => observed[index] === undefined)
}

/** Deletes the objects in reverse order, so that a namespace follows its objects. */
export async function removeObjects(
  { kubeconfig, context }: KubeconfigOptions,
  objects: readonly Manifest[],
): Promise<void> {
  const api = KubernetesObjectApi.makeApiClient(ownKubeconfig(kubeconfig, context))
  for (const object of objects.toReversed()) {
    await api.delete(object).catch((error: unknown) => {
      if (!(error instanceof ApiException && error.code === 404)) throw error
    })
  }
}
