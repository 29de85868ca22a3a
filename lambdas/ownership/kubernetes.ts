import type { Manifest } from '../clouds/kubernetes/object.ts'
import { kubernetesMarks, manager } from './labels.ts'

/** The part of an object's metadata that shows its ownership. */
export interface Marked {
  readonly labels?: Readonly<Record<string, string>> | undefined
  readonly annotations?: Readonly<Record<string, string>> | undefined
}

export function isOurs(metadata: Marked | undefined): boolean {
  return metadata?.labels?.[kubernetesMarks.managedByLabel] === manager
}

/** True for an object that is ours and that somebody else made before: we never delete it. */
export function isAdopted(metadata: Marked | undefined): boolean {
  return isOurs(metadata) && metadata?.annotations?.[kubernetesMarks.adoptedAnnotation] === 'true'
}

/** The manifest with our managed-by label. */
export function marked<M extends Manifest>(manifest: M): M {
  const labels = { ...manifest.metadata.labels, [kubernetesMarks.managedByLabel]: manager }
  return { ...manifest, metadata: { ...manifest.metadata, labels } }
}

/** The manifest with the annotation of an adopted object. */
export function markedAdopted<M extends Manifest>(manifest: M): M {
  const annotations = { ...manifest.metadata.annotations, [kubernetesMarks.adoptedAnnotation]: 'true' }
  return { ...manifest, metadata: { ...manifest.metadata, annotations } }
}
