import { minorOf } from '../../spec/cluster-spec.ts'
import { type FieldPath, issueAt, quoted, repeated, type ValidationIssue } from '../../spec/issue.ts'
import type { ClusterDraft, NodePoolDraft, RequestDraft } from '../../spec/schema.ts'
import { versionIssues } from './spec.ts'

type PoolSpecDraft = NonNullable<NodePoolDraft['spec']>

export function nodePoolIssues({ cluster = {} }: RequestDraft): ValidationIssue[] {
  const { nodePools = [] } = cluster
  return [
    ...nodePools.flatMap(({ spec = {} }, index) => poolIssues(spec, cluster, ['cluster', 'nodePools', index, 'spec'])),
    ...repeated(nodePools.map(({ name }) => name)).map(({ index, first, key }) =>
      issueAt(
        ['cluster', 'nodePools', index, 'name'],
        `${quoted(key)} is the name of cluster.nodePools[${first}] too: give each pool its own`,
      ),
    ),
  ]
}

function poolIssues(spec: PoolSpecDraft, cluster: ClusterDraft, path: FieldPath): ValidationIssue[] {
  return [
    ...otherThan(spec.clusterName, cluster.name, [...path, 'clusterName']),
    ...otherThan(spec.region, cluster.spec?.region, [...path, 'region']),
    ...versionIssues(spec.version, [...path, 'version']),
    ...newerIssues(spec.version, cluster.spec?.controlPlane?.version, [...path, 'version']),
    ...countIssues(spec, path),
  ]
}

function otherThan(observed: string | undefined, own: string | undefined, path: FieldPath): ValidationIssue[] {
  if (observed === undefined || own === undefined || observed === own) return []
  return [
    issueAt(path, `${quoted(observed)} is not that of the cluster, ${quoted(own)}: use the same, or leave it out`),
  ]
}

/** A kubelet is never newer than the API server (https://kubernetes.io/releases/version-skew-policy/). */
function newerIssues(
  version: string | undefined,
  controlPlane: string | undefined,
  path: FieldPath,
): ValidationIssue[] {
  if (version === undefined || controlPlane === undefined || minorOf(version) <= minorOf(controlPlane)) return []
  return [
    issueAt(
      path,
      `${version} is newer than the control plane, ${controlPlane}: use its version, or leave this field out`,
    ),
  ]
}

function countIssues({ minNodeCount, maxNodeCount }: PoolSpecDraft, path: FieldPath): ValidationIssue[] {
  if (minNodeCount === undefined || maxNodeCount === undefined || minNodeCount <= maxNodeCount) return []
  return [
    issueAt(
      [...path, 'minNodeCount'],
      `is ${minNodeCount}, above maxNodeCount, ${maxNodeCount}: raise that or lower this`,
    ),
  ]
}
