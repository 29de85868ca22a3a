import type { Manifest, ObjectOwner } from '../clouds/kubernetes/object.ts'
import { filteredOwner } from '../clouds/kubernetes/shown.ts'
import { OwnershipConflict } from '../errors/step-errors.ts'
import { kubernetesOwnership, manager } from './labels.ts'
import { ownershipConflict } from './ownership.ts'

/** The part of an object's metadata that shows its ownership. */
export interface LabelledMetadata {
  readonly labels?: Readonly<Record<string, string>> | undefined
  readonly annotations?: Readonly<Record<string, string>> | undefined
}

const { managedByLabel, deploymentAnnotation, clusterAnnotation, adoptedAnnotation } = kubernetesOwnership

/** True when the object has the product's label, and no annotation that names another owner. */
export function isOurs(metadata: LabelledMetadata | undefined, owner: ObjectOwner): boolean {
  return metadata?.labels?.[managedByLabel] === manager && otherOwnerOf(metadata, owner) === undefined
}

/** The owner in the annotations if it is not `owner`, escaped for display. A missing annotation names no owner. */
export function otherOwnerOf(metadata: LabelledMetadata | undefined, owner: ObjectOwner): ObjectOwner | undefined {
  const { annotations = {}, labels } = metadata ?? {}
  if (labels?.[managedByLabel] !== manager) return undefined
  const observed = {
    deployment: annotations[deploymentAnnotation] ?? owner.deployment,
    cluster: annotations[clusterAnnotation] ?? owner.cluster,
  }
  const isSame = observed.deployment === owner.deployment && observed.cluster === owner.cluster
  return isSame ? undefined : filteredOwner(observed)
}

/** True for an object that the product manages but did not create. It is never deleted. */
export function isAdopted(metadata: LabelledMetadata | undefined): boolean {
  return metadata?.labels?.[managedByLabel] === manager && metadata.annotations?.[adoptedAnnotation] === 'true'
}

/**
 * Whether an existing object may be used: `ours`, or `adopting` when the product does not own it but may adopt it.
 *
 * @throws {OwnershipConflict} when the object may not be used; the error names an owner that uses this product
 */
export function requireOursInCluster(
  existing: { readonly object: string; readonly metadata: LabelledMetadata | undefined },
  owner: ObjectOwner,
  adopt: boolean,
): 'ours' | 'adopting' {
  const { object, metadata } = existing
  const other = otherOwnerOf(metadata, owner)
  if (other) throw ofOtherCluster(object, other, owner)
  if (isOurs(metadata, owner)) return 'ours'
  if (adopt) return 'adopting'
  throw ownershipConflict(object)
}

/** The error for an object in a cluster that is set up under another name or by another deployment. */
function ofOtherCluster(object: string, other: ObjectOwner, owner: ObjectOwner): OwnershipConflict {
  if (other.deployment === owner.deployment) {
    return new OwnershipConflict({
      object,
      reason: `it belongs to cluster ${other.cluster}, so that this is cluster ${other.cluster} under a second name`,
      action: `Use the name ${other.cluster} for this cluster`,
    })
  }
  return new OwnershipConflict({
    object,
    reason: `it belongs to ${ownedElsewhere(other)}`,
    action:
      'Tear it down there first; a webhook that is installed there serves all accounts of the cluster, with webhook.mode managed',
  })
}

/** "cluster prod of the deployment 111122223333/eu-west-1/workload-identity". */
function ownedElsewhere({ cluster, deployment }: ObjectOwner): string {
  return `cluster ${cluster} of the deployment ${deployment}`
}

/** The manifest with the managed-by label and the annotations of its owner. */
export function withOwnershipLabels<M extends Manifest>(manifest: M, { deployment, cluster }: ObjectOwner): M {
  const labels = { ...manifest.metadata.labels, [managedByLabel]: manager }
  const annotations = {
    ...manifest.metadata.annotations,
    [deploymentAnnotation]: deployment,
    [clusterAnnotation]: cluster,
  }
  return { ...manifest, metadata: { ...manifest.metadata, labels, annotations } }
}

export function withAdoption<M extends Manifest>(manifest: M): M {
  const annotations = { ...manifest.metadata.annotations, [adoptedAnnotation]: 'true' }
  return { ...manifest, metadata: { ...manifest.metadata, annotations } }
}
