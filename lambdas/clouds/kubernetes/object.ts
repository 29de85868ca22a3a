/** Names the tool that manages an object: https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/ */
export const managedByLabel = 'app.kubernetes.io/managed-by'

/** Metadata as it is written; a server's answer carries more. */
export interface ObjectMeta {
  readonly name: string
  readonly namespace?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
}

/** A manifest: what is sent to an API server, as plain JSON. */
export interface Manifest {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: ObjectMeta
  readonly [field: string]: unknown
}

/** One object of an API server; `namespace` is left out for what is cluster-wide. */
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

/** "ServiceAccount default/s3-reader", or "Namespace default": how errors and changes name an object. */
export function displayName(object: {
  readonly kind: string
  readonly name: string
  readonly namespace?: string
}): string {
  return object.namespace === undefined
    ? `${object.kind} ${object.name}`
    : `${object.kind} ${object.namespace}/${object.name}`
}
