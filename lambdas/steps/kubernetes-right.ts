/** The rights that a step needs on API servers, from which infra/rbac/ makes the manifests. */

/** own-ca and csr: a webhook of ours, by where its certificate is from. */
export type Mode = 'own-ca' | 'csr' | 'managed' | 'none'

/** The whole cluster, or namespaces: `strangers` has the accounts whose tokens must be refused. */
export type Place = 'cluster' | 'webhook' | 'workloads' | 'strangers' | 'default' | 'management'

/** Names that a request gives. */
export type NamesOfRequest =
  | 'webhook namespace'
  | 'workload namespaces'
  | 'service accounts'
  | 'strangers'
  | 'cluster'
  | 'node pools'

/** What of a request decides whether a right is needed. */
export interface RightsRequest {
  readonly failurePolicy: 'Ignore' | 'Fail'
  /** Whether the request has a spec, by which the AWSCluster is made. */
  readonly management?: { readonly applies: boolean }
}

export interface KubernetesRight {
  readonly place: Place
  readonly apiGroup: string
  /** As RBAC names them: "deployments", "serviceaccounts/token". */
  readonly resources: readonly string[]
  /** Left out: objects of every name. */
  readonly names?: NamesOfRequest | readonly string[]
  readonly verbs: readonly string[]
  readonly why: string
  /** Without it the step does its work, and can tell less of what it waits for. */
  readonly onlyTells?: true
  /** The webhook's role has it, too: nobody can give a right that he does not have. */
  readonly given?: true
  /** Left out: all. */
  readonly modes?: readonly Mode[]
  /** What else of a request decides; left out: nothing. */
  readonly when?: (request: RightsRequest) => boolean
  /** Only where the namespaces are not known: the Roles of named ones need them to be there. */
  readonly onlyWholeCluster?: true
}

export const admission = 'admissionregistration.k8s.io'
export const certificates = 'certificates.k8s.io'
export const multicloud = 'multicloud.cluster.gke.io'
export const rbac = 'rbac.authorization.k8s.io'

export const installedModes: readonly Mode[] = ['own-ca', 'csr']

/** A server-side apply: of what is not there it is a patch that needs `create`, too, and on the same name. */
export const applyVerbs = ['get', 'create', 'patch']
/** A removal looks at the object before it deletes it. */
export const removeVerbs = ['get', 'delete']
