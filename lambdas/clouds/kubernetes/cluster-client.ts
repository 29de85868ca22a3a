import type {
  KubernetesObject,
  V1CertificateSigningRequest,
  V1ClusterRole,
  V1ClusterRoleBinding,
  V1Deployment,
  V1MutatingWebhookConfiguration,
  V1Namespace,
  V1Pod,
  V1PodDisruptionBudget,
  V1ReplicaSet,
  V1Role,
  V1RoleBinding,
  V1Secret,
  V1Service,
  V1ServiceAccount,
} from '@kubernetes/client-node'
import type { Conflict } from './field-conflict.ts'
import type { Manifest, ObjectRef } from './object.ts'

/** Where a cluster's API server is and how to get in. */
export interface ClusterTarget {
  /** Name of the cluster, for errors. */
  readonly name: string
  readonly credentialsSecretArn: string
  /** HTTP CONNECT proxy in front of the API server; wins over the kubeconfig's proxy-url. */
  readonly proxyUrl?: string | undefined
}

/** The types that answers have, by apiVersion and kind; anything else is a {@link CustomObject}. */
interface BuiltIn {
  'v1/Namespace': V1Namespace
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

/** An object of a type that is not built in: its fields are read through a schema. */
export interface CustomObject extends KubernetesObject {
  readonly spec?: unknown
  readonly status?: unknown
}

/** What an answer of this apiVersion and kind is: with both given as literals, the type of the API. */
export type ObjectOf<Version extends string, Kind extends string> = `${Version}/${Kind}` extends keyof BuiltIn
  ? BuiltIn[`${Version}/${Kind}`]
  : CustomObject

/** A manifest to create, whose name the server may choose (`generateName`). */
export interface NewObject<Version extends string, Kind extends string> {
  readonly apiVersion: Version
  readonly kind: Kind
  readonly metadata: Omit<Manifest['metadata'], 'name'> & { readonly name?: string; readonly generateName?: string }
  readonly [field: string]: unknown
}

/** What one server-side apply came to. */
export type Applied = { readonly object: KubernetesObject } | { readonly conflicts: readonly Conflict[] }

export interface ApplyMode {
  readonly dryRun: boolean
  /** Takes fields from other managers. */
  readonly force: boolean
}

export type MetadataPatch = Readonly<Record<string, string | null>>

export interface ListOptions {
  readonly labelSelector?: string
  readonly fieldSelector?: string
  /** At most so many objects. */
  readonly limit?: number
}

/**
 * One cluster's API server. Every method throws: InvalidCredentials (401), AccessDenied (403, naming verb and
 * resource), MissingResourceType, InvalidObject (422, or refused by admission), CloudUnavailable (429, 5xx),
 * ConcurrentChange (409), Unreachable (names proxy or server), UntrustedCertificate.
 */
export interface ClusterClient {
  /** URL of the API server, as the credentials have it. */
  readonly server: string

  /** PEM of the authorities that the API server's own certificate is trusted by. */
  readonly authorities: string

  /** `minor` is 33 for gitVersion "v1.33.2" and for "1.33+". */
  version(): Promise<{ minor: number; gitVersion: string }>

  /** Whether the server has this type; asked once for each apiVersion. */
  serves(apiVersion: string, kind: string): Promise<boolean>

  /** The object, or undefined when it is not there. */
  get<Version extends string, Kind extends string>(
    ref: ObjectRef & { readonly apiVersion: Version; readonly kind: Kind },
  ): Promise<ObjectOf<Version, Kind> | undefined>

  /** The objects of one namespace, or of all without one. Items of built-in kinds carry no apiVersion and kind. */
  list<Version extends string, Kind extends string>(
    type: { readonly apiVersion: Version; readonly kind: Kind; readonly namespace?: string },
    options?: ListOptions,
  ): Promise<ObjectOf<Version, Kind>[]>

  /** As {@link get}, as the server has sent it: times are text, and fields that the library does not know are there. */
  read(ref: ObjectRef): Promise<KubernetesObject | undefined>

  /** One server-side apply of exactly this manifest; gives back the conflicts with other field managers, if there are any. */
  serverSideApply(manifest: Manifest, mode: ApplyMode): Promise<Applied>

  /** What the server made of it (mutated by admission). ConcurrentChange when the name is taken. */
  create<Version extends string, Kind extends string>(
    object: NewObject<Version, Kind>,
    options?: { readonly dryRun?: boolean },
  ): Promise<ObjectOf<Version, Kind>>

  /**
   * Makes all pods of a Deployment, StatefulSet or DaemonSet anew, as `kubectl rollout restart` does. `at`: ISO 8601. False
   * when it was not there.
   */
  restart(ref: ObjectRef, at: string): Promise<boolean>

  /** Writes the `approval` subresource: the request as it was read, with the condition added. */
  replaceApproval(request: V1CertificateSigningRequest): Promise<void>

  /**
   * False when it was not there. Whether it may be deleted is the caller's to check: with what was `seen` of it only that
   * very object is deleted, and only as it was seen. ConcurrentChange when it is another one by now. A dry run goes through
   * the server's checks, and deletes nothing.
   */
  delete(ref: ObjectRef, seen?: KubernetesObject, options?: { readonly dryRun?: boolean }): Promise<boolean>

  /** Sets labels and annotations of the object as it was `seen`; null takes one away. ConcurrentChange as for `delete`. */
  patchMetadata(
    ref: ObjectRef,
    seen: KubernetesObject,
    patch: { readonly labels?: MetadataPatch; readonly annotations?: MetadataPatch; readonly dryRun?: boolean },
  ): Promise<void>

  /**
   * What is in a namespace, of every type that the server has, as kind and metadata; of each type 500 at most, and no events.
   * Never the contents of an object.
   */
  contentsOf(namespace: string): Promise<readonly KubernetesObject[]>

  /** A token of the account (TokenRequest). It must not get into a log, an error, a state or an answer. */
  createToken(
    account: { readonly namespace: string; readonly name: string },
    request: { readonly audience?: string; readonly expirationSeconds: number },
  ): Promise<{ token: string; expiresAt: string }>
}
