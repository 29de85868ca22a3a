/**
 * The label for the tool that manages an object:
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/
 */
export const managedByLabel = 'app.kubernetes.io/managed-by'

/** The owner of an object: a cluster of one deployment. */
export interface ObjectOwner {
  readonly deployment: string
  readonly cluster: string
}

/** Metadata in a write. Metadata in a response has more fields. */
export interface ObjectMeta {
  readonly name: string
  readonly namespace?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
}

/** A manifest, as plain JSON. */
export interface Manifest {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: ObjectMeta
  readonly [field: string]: unknown
}

/** One object of an API server. A cluster-scoped object has no `namespace`. */
export interface ObjectRef {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  readonly namespace?: string
}

export function refOf(manifest: Manifest): ObjectRef {
  const { name, namespace } = manifest.metadata
  return { apiVersion: manifest.apiVersion, kind: manifest.kind, name, ...(namespace !== undefined && { namespace }) }
}

/** Returns the name of an object for errors and reports: "ServiceAccount default/s3-reader", or "Namespace default". */
export function displayName(object: {
  readonly kind: string
  readonly name: string
  readonly namespace?: string
}): string {
  return object.namespace === undefined
    ? `${object.kind} ${object.name}`
    : `${object.kind} ${object.namespace}/${object.name}`
}
