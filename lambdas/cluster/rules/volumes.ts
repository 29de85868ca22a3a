import type { Deployment } from '../../spec/deployment.ts'
import { type FieldPath, issueAt, type ValidationIssue } from '../../spec/issue.ts'
import type { ClusterDraft, NodePoolDraft, RequestDraft } from '../../spec/schema.ts'
import { keyIssues } from './spec.ts'

type VolumeDraft = NonNullable<NonNullable<NodePoolDraft['spec']>['rootVolume']>

/** Validation issues of the EBS volumes of control plane, etcd and nodes. */
export function volumeIssues({ cluster = {} }: RequestDraft, deployment: Deployment): ValidationIssue[] {
  return volumesOf(cluster).flatMap(([path, volume]) => [
    ...iopsIssues(volume, path),
    ...keyIssues(volume.kmsKeyARN, { path: [...path, 'kmsKeyARN'], region: cluster.spec?.region, deployment }),
  ])
}

function volumesOf({ spec, nodePools = [] }: ClusterDraft): [FieldPath, VolumeDraft][] {
  const controlPlane = ['cluster', 'spec', 'controlPlane']
  const all: [FieldPath, VolumeDraft | undefined][] = [
    [[...controlPlane, 'rootVolume'], spec?.controlPlane?.rootVolume],
    [[...controlPlane, 'etcd', 'mainVolume'], spec?.controlPlane?.etcd?.mainVolume],
    ...nodePools.map((pool, index): [FieldPath, VolumeDraft | undefined] => [
      ['cluster', 'nodePools', index, 'spec', 'rootVolume'],
      pool.spec?.rootVolume,
    ]),
  ]
  return all.flatMap(([path, volume]) => (volume === undefined ? [] : [[path, volume]]))
}

/**
 * gp3 volumes may have `iops`, and io1 and io2 volumes must have it
 * (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EbsBlockDevice.html).
 */
function iopsIssues({ iops, volumeType }: VolumeDraft, path: FieldPath): ValidationIssue[] {
  if (iops !== undefined && (volumeType === undefined || volumeType === 'gp2')) {
    return [
      issueAt(
        [...path, 'iops'],
        `is given with ${volumeType === undefined ? 'no volumeType' : volumeType}: use gp3, io1 or io2, or leave iops out`,
      ),
    ]
  }
  if (iops === undefined && (volumeType === 'io1' || volumeType === 'io2')) {
    return [issueAt([...path, 'iops'], `is missing with ${volumeType}: give the I/O operations a second, or use gp3`)]
  }
  return []
}
