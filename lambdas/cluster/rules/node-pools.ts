import { minorOf } from '../../spec/cluster-spec.ts'
import { type Fault, type FieldPath, faultAt, quoted, repeated } from '../../spec/issue.ts'
import type { ClusterDraft, NodePoolDraft, RequestDraft } from '../../spec/schema.ts'
import { versionFaults } from './spec.ts'

type PoolSpecDraft = NonNullable<NodePoolDraft['spec']>

/**
 * Validation issues of the node pools. Each must belong to this cluster, have a supported version and a name of its
 * own, and be able to hold nodes.
 */
export function nodePoolFaults({ cluster = {} }: RequestDraft): Fault[] {
  const { nodePools = [] } = cluster
  return [
    ...nodePools.flatMap(({ spec = {} }, index) => poolFaults(spec, cluster, ['cluster', 'nodePools', index, 'spec'])),
    ...repeated(nodePools.map(({ name }) => name)).map(({ index, first, key }) =>
      faultAt(
        ['cluster', 'nodePools', index, 'name'],
        `${quoted(key)} is the name of cluster.nodePools[${first}] too: give each pool its own`,
      ),
    ),
  ]
}

function poolFaults(spec: PoolSpecDraft, cluster: ClusterDraft, path: FieldPath): Fault[] {
  return [
    ...otherThan(spec.clusterName, cluster.name, [...path, 'clusterName']),
    ...otherThan(spec.region, cluster.spec?.region, [...path, 'region']),
    ...versionFaults(spec.version, [...path, 'version']),
    ...newerFaults(spec.version, cluster.spec?.controlPlane?.version, [...path, 'version']),
    ...countFaults(spec, path),
  ]
}

function otherThan(found: string | undefined, own: string | undefined, path: FieldPath): Fault[] {
  if (found === undefined || own === undefined || found === own) return []
  return [faultAt(path, `${quoted(found)} is not that of the cluster, ${quoted(own)}: use the same, or leave it out`)]
}

/** A kubelet is never newer than the API server (https://kubernetes.io/releases/version-skew-policy/). */
function newerFaults(version: string | undefined, controlPlane: string | undefined, path: FieldPath): Fault[] {
  if (version === undefined || controlPlane === undefined || minorOf(version) <= minorOf(controlPlane)) return []
  return [
    faultAt(
      path,
      `${version} is newer than the control plane, ${controlPlane}: use its version, or leave this field out`,
    ),
  ]
}

function countFaults({ minNodeCount, maxNodeCount }: PoolSpecDraft, path: FieldPath): Fault[] {
  if (minNodeCount === undefined || maxNodeCount === undefined || minNodeCount <= maxNodeCount) return []
  return [
    faultAt(
      [...path, 'minNodeCount'],
      `is ${minNodeCount}, above maxNodeCount, ${maxNodeCount}: raise that or lower this`,
    ),
  ]
}
