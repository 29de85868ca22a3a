import type { Manifest } from '../clouds/kubernetes/object.ts'
import { kubernetesOwnership, manager } from './labels.ts'

/** The part of an object's metadata that shows its ownership. */
export interface LabelledMetadata {
  readonly labels?: Readonly<Record<string, string>> | undefined
  readonly annotations?: Readonly<Record<string, string>> | undefined
}

export function isOurs(metadata: LabelledMetadata | undefined): boolean {
  return metadata?.labels?.[kubernetesOwnership.managedByLabel] === manager
}

/** True for an object that is ours and that somebody else made before: we never delete it. */
export function isAdopted(metadata: LabelledMetadata | undefined): boolean {
  return isOurs(metadata) && metadata?.annotations?.[kubernetesOwnership.adoptedAnnotation] === 'true'
}

/** The manifest with our managed-by label. */
export function withOwnershipLabels<M extends Manifest>(manifest: M): M {
  const labels = { ...manifest.metadata.labels, [kubernetesOwnership.managedByLabel]: manager }
  return { ...manifest, metadata: { ...manifest.metadata, labels } }
}

/** The manifest with the annotation of an adopted object. */
export function withAdoption<M extends Manifest>(manifest: M): M {
  const annotations = { ...manifest.metadata.annotations, [kubernetesOwnership.adoptedAnnotation]: 'true' }
  return { ...manifest, metadata: { ...manifest.metadata, annotations } }
}
