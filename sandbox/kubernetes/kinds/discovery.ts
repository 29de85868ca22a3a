import type { ClusterContext } from '../context.ts'
import type { JsonObject } from '../objects/objects.ts'
import { noSuchResource } from '../requests/status.ts'
import { groupVersion, type ServedType } from './resources.ts'

/**
 * The documents of API discovery: /version, /api, /apis and below.
 *
 * @throws ApiError 404 for a group or version that is not served
 */
export function discoveryDocument(path: string, cluster: ClusterContext): JsonObject {
  const [root, group, version] = path.split('/').filter(Boolean)
  if (root === 'version') return versionDocument(cluster)
  if (root === 'api') return group === undefined ? coreVersions() : resourceList('', group, cluster.types)
  if (root !== 'apis') throw noSuchResource()
  if (group === undefined) return { kind: 'APIGroupList', apiVersion: 'v1', groups: groupsOf(cluster.types) }
  if (version !== undefined) return resourceList(group, version, cluster.types)
  const found = groupsOf(cluster.types).find(({ name }) => name === group)
  if (!found) throw noSuchResource()
  return { kind: 'APIGroup', apiVersion: 'v1', ...found }
}

export function isDiscoveryPath(path: string): boolean {
  return /^\/(version|api|apis)(\/|$)/.test(path)
}

function versionDocument({ gitVersion, minor }: ClusterContext): JsonObject {
  return {
    major: '1',
    minor: gitVersion.includes('-') ? `${minor}+` : String(minor),
    gitVersion,
    gitCommit: '0'.repeat(40),
    gitTreeState: 'clean',
    buildDate: '2026-01-01T00:00:00Z',
    goVersion: 'go1.26',
    compiler: 'gc',
    platform: 'linux/amd64',
  }
}

function coreVersions(): JsonObject {
  return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] }
}

function groupsOf(types: readonly ServedType[]) {
  const groups = Map.groupBy(
    types.filter(({ group }) => group !== ''),
    ({ group }) => group,
  )
  return [...groups.entries()].map(([name, members]) => {
    const names = [...new Set(members.flatMap(({ versions }) => versions.map((version) => version.name)))]
    const versions = names.map((version) => ({ groupVersion: groupVersion(name, version), version }))
    return { name, versions, preferredVersion: versions[0] }
  })
}

function resourceList(group: string, version: string, types: readonly ServedType[]): JsonObject {
  const served = types.filter((type) => type.group === group && type.versions.some(({ name }) => name === version))
  if (served.length === 0) throw noSuchResource()
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: groupVersion(group, version),
    resources: served.flatMap(resourcesOf).sort((a, b) => String(a.name).localeCompare(String(b.name))),
  }
}

function resourcesOf(type: ServedType): JsonObject[] {
  const { plural, singular, namespaced, kind, verbs, shortNames, categories } = type
  const own = {
    name: plural,
    singularName: singular,
    namespaced,
    kind,
    verbs,
    ...(shortNames.length === 0 ? {} : { shortNames }),
    ...(categories.length === 0 ? {} : { categories }),
  }
  const below = type.subresources.map((subresource) => ({
    name: `${plural}/${subresource}`,
    singularName: '',
    namespaced,
    ...(kindsOfSubresources[subresource] ?? { kind }),
    verbs: subresource === 'token' ? ['create'] : ['get', 'patch', 'update'],
  }))
  return [own, ...below]
}

/** The kinds of subresources that differ from the kind of the resource. */
const kindsOfSubresources: Readonly<Record<string, JsonObject>> = {
  token: { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest' },
  scale: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
}
