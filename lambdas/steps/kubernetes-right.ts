/** The rights that a step needs on API servers. lambdas/rights/ makes the manifests from them. */

/** The product installs the webhook in `own-ca` and `csr`, which differ in the signer of its certificate. */
export type Mode = 'own-ca' | 'csr' | 'managed' | 'none'

/**
 * Where the right applies: in the complete cluster, or in certain namespaces. `other accounts` are the namespaces of
 * the service accounts whose tokens must be rejected. `account` and `management account` are the namespaces of the
 * service accounts whose tokens the deployment uses, on the cluster and on its management cluster.
 */
export type Place =
  | 'cluster'
  | 'webhook'
  | 'workloads'
  | 'other accounts'
  | 'default'
  | 'account'
  | 'management'
  | 'management account'

export type NamesOfRequest =
  | 'webhook namespace'
  | 'workload namespaces'
  | 'service accounts'
  | 'other accounts'
  | 'cluster'
  | 'management account'
  | 'node pools'

/** The properties of a request that determine whether a right is needed. */
export interface RightsRequest {
  readonly failurePolicy: 'Ignore' | 'Fail'
  /** Whether the deployment hosts the issuer. */
  readonly hosted: boolean
  /** `applies`: true when the request has a spec, from which the setup creates the AWSCluster. */
  readonly management?: { readonly applies: boolean }
}

interface RightOfAnyVerb {
  readonly place: Place
  readonly apiGroup: string
  /** As in RBAC: "deployments", "serviceaccounts/token". */
  readonly resources: readonly string[]
  readonly why: string
  /** Without this right the step works, but reports less about why it waits, or uses another method. */
  readonly optional?: true
  /** The webhook's role contains this right. Kubernetes lets a client grant only rights that it has. */
  readonly alsoOfWebhook?: true
  /** Default: all modes. */
  readonly modes?: readonly Mode[]
  /** A further condition on the request. Default: none. */
  readonly when?: (request: RightsRequest) => boolean
  /** Omitted from the rules for one request: a Role in a namespace requires that the namespace already exists. */
  readonly onlyWholeCluster?: true
}

/**
 * Requests with these verbs name no object:
 * https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-resources
 */
type VerbWithoutName = 'create' | 'list' | 'watch'
type Verb = VerbWithoutName | 'approve' | 'delete' | 'get' | 'patch' | 'update'

export interface RightOnNamed extends RightOfAnyVerb {
  readonly names: NamesOfRequest | readonly string[]
  readonly verbs: readonly Verb[]
}

/** A right with any other verb names its objects, or states that their names are not known in advance. */
export type KubernetesRight =
  | RightOnNamed
  | (RightOfAnyVerb & { readonly names?: never; readonly verbs: readonly VerbWithoutName[] })
  | (RightOfAnyVerb & { readonly names?: never; readonly anyName: true; readonly verbs: readonly Verb[] })

export const admission = 'admissionregistration.k8s.io'
export const certificates = 'certificates.k8s.io'
export const multicloud = 'multicloud.cluster.gke.io'
export const rbac = 'rbac.authorization.k8s.io'

export const installedModes: readonly Mode[] = ['own-ca', 'csr']

/** A server-side apply of a new object is a patch that also needs `create` for the same name. */
export const applyVerbs = ['get', 'create', 'patch'] as const
/** A removal reads the object before it deletes it. */
export const removeVerbs = ['get', 'delete'] as const

/** Needed to group pods by their controllers. */
export const readReplicaSets: KubernetesRight = {
  place: 'workloads',
  apiGroup: 'apps',
  resources: ['replicasets'],
  anyName: true,
  verbs: ['get'],
  why: 'Which Deployments the pods belong to.',
  optional: true,
}

/** Needed by {@link connectToOwnCluster} and CheckCluster to compare the issuer of the cluster. */
export const readIssuer: KubernetesRight = {
  place: 'default',
  apiGroup: '',
  resources: ['serviceaccounts/token'],
  names: ['default'],
  verbs: ['create'],
  why: "Requests a token of an account that every cluster has. The token names the cluster's issuer, and is discarded.",
}

/** Needed for the waiting reason that explains how to change the issuer of this distribution. */
export const readNodes: KubernetesRight = {
  place: 'cluster',
  apiGroup: '',
  resources: ['nodes'],
  verbs: ['list'],
  why: 'Detects the distribution, to explain how its issuer is changed.',
  optional: true,
  when: ({ hosted }) => hosted,
}
