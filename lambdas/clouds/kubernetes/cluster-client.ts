import type {
  KubernetesObject,
  V1CertificateSigningRequest,
  V1ClusterRole,
  V1ClusterRoleBinding,
  V1Deployment,
  V1MutatingWebhookConfiguration,
  V1Namespace,
  V1Node,
  V1Pod,
  V1PodDisruptionBudget,
  V1ReplicaSet,
  V1Role,
  V1RoleBinding,
  V1Secret,
  V1Service,
  V1ServiceAccount,
} from '@kubernetes/client-node'
import type { Access, AccessRule } from './access.ts'
import type { CredentialsLife } from './credentials-life.ts'
import type { Conflict } from './field-conflict.ts'
import type { Manifest, ObjectOwner, ObjectRef } from './object.ts'
import type { ObjectMetadata } from './object-metadata.ts'

/** A cluster's API server, and the credentials for it. */
export interface ClusterTarget {
  /** The name of the cluster, for errors. */
  readonly name: string
  /** The secret with the credentials. Absent when the agent of the cluster relays the requests. */
  readonly credentialsSecretArn?: string | undefined
  /** The HTTP CONNECT proxy in front of the API server. It takes precedence over the kubeconfig's proxy-url. */
  readonly proxyUrl?: string | undefined
}

/** The facts about credentials that are not secret. */
export interface CredentialsFacts extends CredentialsLife {
  /** Whether the secret's value requests that rotations renew the credentials. */
  readonly wantsRenewal: boolean
}

/** The types of responses, by apiVersion and kind. Any other object is a {@link CustomObject}. */
interface BuiltIn {
  'v1/Namespace': V1Namespace
  'v1/Node': V1Node
  'v1/Pod': V1Pod
  'v1/Secret': V1Secret
  'v1/Service': V1Service
  'v1/ServiceAccount': V1ServiceAccount
  'apps/v1/Deployment': V1Deployment
  'apps/v1/ReplicaSet': V1ReplicaSet
  'policy/v1/PodDisruptionBudget': V1PodDisruptionBudget
  'rbac.authorization.k8s.io/v1/ClusterRole': V1ClusterRole
  'rbac.authorization.k8s.io/v1/ClusterRoleBinding': V1ClusterRoleBinding
  'rbac.authorization.k8s.io/v1/Role': V1Role
  'rbac.authorization.k8s.io/v1/RoleBinding': V1RoleBinding
  'certificates.k8s.io/v1/CertificateSigningRequest': V1CertificateSigningRequest
  'admissionregistration.k8s.io/v1/MutatingWebhookConfiguration': V1MutatingWebhookConfiguration
}

/** An object of a custom type. Callers parse its fields with a schema. */
export interface CustomObject extends KubernetesObject {
  readonly spec?: unknown
  readonly status?: unknown
}

/** The TypeScript type of a response. Literals for apiVersion and kind select a {@link BuiltIn} type. */
export type ObjectOf<Version extends string, Kind extends string> = `${Version}/${Kind}` extends keyof BuiltIn
  ? BuiltIn[`${Version}/${Kind}`]
  : CustomObject

/** A manifest to create. The server may generate its name (`generateName`). */
export interface NewObject<Version extends string, Kind extends string> {
  readonly apiVersion: Version
  readonly kind: Kind
  readonly metadata: Omit<Manifest['metadata'], 'name'> & { readonly name?: string; readonly generateName?: string }
  readonly [field: string]: unknown
}

export type Applied = { readonly object: KubernetesObject } | { readonly conflicts: readonly Conflict[] }

export interface ApplyMode {
  readonly dryRun: boolean
  /** Whether to take over fields from other field managers. */
  readonly force: boolean
}

export type MetadataPatch = Readonly<Record<string, string | null>>

export interface ListOptions {
  readonly labelSelector?: string
  readonly fieldSelector?: string
  /** The most objects to return. */
  readonly limit?: number
}

/** A type, in one or all namespaces. */
export interface ObjectType {
  readonly apiVersion: string
  readonly kind: string
  readonly namespace?: string
}

/**
 * One cluster's API server. Every method throws these errors.
 *
 * @throws {InvalidCredentials} when the server answers 401
 * @throws {AccessDenied} when the server answers 403; the error names verb and resource
 * @throws {MissingResourceType} when the server does not have the type
 * @throws {InvalidObject} when the server answers 422, or an admission rule rejects the object
 * @throws {CloudUnavailable} when the server answers 410, 429 or a 5xx, or answers 403 before it has read its roles
 * @throws {ConcurrentChange} when the server answers 409
 * @throws {Unreachable} when the server does not respond; the error names the proxy or the server
 * @throws {UntrustedCertificate} when the server's certificate does not validate
 */
export interface ClusterClient {
  /** URL of the API server, as in the credentials. */
  readonly server: string

  /** The owner of the objects that the caller creates and changes. */
  readonly owner: ObjectOwner

  readonly credentials: CredentialsFacts

  /** PEM of the certificate authorities that sign the API server's certificate. */
  readonly authorities: string

  /** `minor` is 33 for gitVersion "v1.33.2", even if the server reports the minor version "33+". */
  version(): Promise<{ minor: number; gitVersion: string }>

  /**
   * Returns the key set that verifies the cluster's tokens, as the server publishes it. The key set is not validated.
   *
   * @throws {AccessDenied} when the credentials may not read the key set; the error names the ClusterRole
   * @throws {Unsupported} when the server publishes no key set
   */
  keySet(): Promise<unknown>

  /** Whether the server has this type. The client requests the discovery of each apiVersion once. */
  serves(apiVersion: string, kind: string): Promise<boolean>

  /** Returns undefined when the object does not exist. */
  get<Version extends string, Kind extends string>(
    ref: ObjectRef & { readonly apiVersion: Version; readonly kind: Kind },
  ): Promise<ObjectOf<Version, Kind> | undefined>

  /**
   * Returns the objects of one or all namespaces, in pages. Objects of built-in types have no apiVersion and kind.
   *
   * @throws {Unsupported} when there are more than 20,000 objects
   */
  list<Version extends string, Kind extends string>(
    type: ObjectType & { readonly apiVersion: Version; readonly kind: Kind },
    options?: ListOptions,
  ): Promise<ObjectOf<Version, Kind>[]>

  /** Like {@link list}, but only the metadata. */
  listMetadata(type: ObjectType, options?: ListOptions): Promise<ObjectMetadata[]>

  /** Like {@link get}, but exactly as the server sent the object: times are text, and unknown fields are preserved. */
  read(ref: ObjectRef): Promise<KubernetesObject | undefined>

  /** One server-side apply of exactly this manifest. Returns any conflicts with other field managers. */
  serverSideApply(manifest: Manifest, mode: ApplyMode): Promise<Applied>

  /**
   * Returns the object as the server responded, after mutation by admission.
   *
   * @throws {ConcurrentChange} when the name is taken
   */
  create<Version extends string, Kind extends string>(
    object: NewObject<Version, Kind>,
    options?: { readonly dryRun?: boolean },
  ): Promise<ObjectOf<Version, Kind>>

  /**
   * Restarts all pods of a Deployment, StatefulSet or DaemonSet, as `kubectl rollout restart` does. Returns false when
   * the object does not exist.
   *
   * @param at the time, in ISO 8601
   */
  restart(ref: ObjectRef, at: string, options?: { readonly dryRun?: boolean }): Promise<boolean>

  /** Writes the `approval` subresource. The caller has added the condition to the CertificateSigningRequest. */
  replaceApproval(request: V1CertificateSigningRequest): Promise<void>

  /**
   * Deletes the object. Returns false when the object did not exist. The caller checks whether it may be deleted. With
   * `seen`, the server deletes only the object that was read before, and only if it is unchanged. A dry run makes the
   * server check the request, and deletes nothing.
   *
   * @throws {ConcurrentChange} when the object has changed since `seen` was read, or was created again
   */
  delete(ref: ObjectRef, seen?: KubernetesObject, options?: { readonly dryRun?: boolean }): Promise<boolean>

  /**
   * Sets labels and annotations of the object. A null removes the label or annotation.
   *
   * @throws {ConcurrentChange} when the object has changed since `seen` was read, or was created again
   */
  patchMetadata(
    ref: ObjectRef,
    seen: KubernetesObject,
    patch: { readonly labels?: MetadataPatch; readonly annotations?: MetadataPatch; readonly dryRun?: boolean },
  ): Promise<void>

  /**
   * Returns kind and metadata of the objects in a namespace: at most 500 of each type, without events. Discards all
   * other fields, even if the server sends them.
   */
  contentsOf(namespace: string): Promise<readonly KubernetesObject[]>

  /** Returns the credentials' rights in the namespace, including cluster-wide rights. The namespace need not exist. */
  rulesIn(namespace: string): Promise<readonly AccessRule[]>

  /** Asks the server whether the credentials have this access. */
  mayDo(access: Access): Promise<boolean>

  /** Creates a token of the account (TokenRequest). It must not get into a log, an error, a state or a response. */
  createToken(
    account: { readonly namespace: string; readonly name: string },
    request: { readonly audience?: string; readonly expirationSeconds: number },
  ): Promise<{ token: string; expiresAt: string }>
}
