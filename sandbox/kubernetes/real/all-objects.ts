import type { ApiClient } from '../api-client.ts'
import { asArray, asString, at, type JsonObject, type KubeObject, objectsIn } from '../objects/objects.ts'

/** Lists all stored objects by discovery: https://kubernetes.io/docs/concepts/overview/kubernetes-api/#discovery-api */
export async function allObjects(api: ApiClient): Promise<KubeObject[]> {
  const { groups } = await api.call('GET', '/apis')
  const versions = objectsIn(groups).map((group) => asString(at(group, 'preferredVersion', 'groupVersion')))
  const roots = ['v1', ...versions].map((apiVersion) => ({
    apiVersion,
    path: apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`,
  }))
  return (await Promise.all(roots.map((root) => objectsOf(api, root)))).flat()
}

interface Root {
  readonly apiVersion: string
  readonly path: string
}

async function objectsOf(api: ApiClient, { apiVersion, path }: Root): Promise<KubeObject[]> {
  const { resources } = await api.call('GET', path)
  const lists = objectsIn(resources)
    .filter(isStored)
    .map(async ({ name, kind }) => {
      const { items } = await api.list(`${path}/${asString(name)}`)
      return items.map((item) => ({ ...item, apiVersion, kind }) as KubeObject)
    })
  return (await Promise.all(lists)).flat()
}

/** Stored objects can be watched. Reviews and the health of components cannot. */
function isStored({ verbs }: JsonObject): boolean {
  return asArray(verbs).includes('list') && asArray(verbs).includes('watch')
}
