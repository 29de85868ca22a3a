/** The rights that a step needs on API servers. lambdas/rights/ makes the manifests from them. */

/** How the cluster gets its webhook. `own-ca` and `csr` are our webhook, and say where its certificate comes from. */
export type Mode = 'own-ca' | 'csr' | 'managed' | 'none'

/**
 * The whole cluster or namespaces. `other accounts` are the namespaces of the accounts whose tokens must be refused. `account` is
 * the namespace of the account whose token the deployment uses, on the cluster or on its management cluster.
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

/** Names that come from the request. */
export type NamesOfRequest =
  | 'webhook namespace'
  | 'workload namespaces'
  | 'service accounts'
  | 'other accounts'
  | 'cluster'
  | 'management account'
  | 'node pools'

/** The facts of a request that decide whether a right is needed. */
export interface RightsRequest {
  readonly failurePolicy: 'Ignore' | 'Fail'
  /** Whether the deployment hosts the issuer. */
  readonly hosted: boolean
  /** `applies`: true when the request has a spec, from which the AWSCluster is made. */
  readonly management?: { readonly applies: boolean }
}

interface RightOfAnyVerb {
  readonly place: Place
  readonly apiGroup: string
  /** As RBAC spells them: "deployments", "serviceaccounts/token". */
  readonly resources: readonly string[]
  readonly why: string
  /** Without this right the step does its work, but reports less about what it waits for, or takes another way. */
  readonly optional?: true
  /** The webhook's role has this right, too: Kubernetes lets a client grant only the rights that it has. */
  readonly given?: true
  /** Left out: all modes. */
  readonly modes?: readonly Mode[]
  /** A further condition on the request. Left out: none. */
  readonly when?: (request: RightsRequest) => boolean
  /** Only when the namespaces are not known: a Role in a named namespace requires that the namespace exists. */
  readonly onlyWholeCluster?: true
}

/** Their requests name no object. https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-resources */
type VerbWithoutName = 'create' | 'list' | 'watch'
type Verb = VerbWithoutName | 'approve' | 'delete' | 'get' | 'patch' | 'update'

export interface RightOnNamed extends RightOfAnyVerb {
  readonly names: NamesOfRequest | readonly string[]
  readonly verbs: readonly Verb[]
}

/** A right on objects says which: their names, or that nobody knows these before. */
export type KubernetesRight =
  | RightOnNamed
  | (RightOfAnyVerb & { readonly names?: never; readonly verbs: readonly VerbWithoutName[] })
  | (RightOfAnyVerb & { readonly names?: never; readonly anyName: true; readonly verbs: readonly Verb[] })

export const admission = 'admissionregistration.k8s.io'
export const certificates = 'certificates.k8s.io'
export const multicloud = 'multicloud.cluster.gke.io'
export const rbac = 'rbac.authorization.k8s.io'

export const installedModes: readonly Mode[] = ['own-ca', 'csr']

/** A server-side apply of an object that does not exist is a patch, and also needs `create` for the same name. */
export const applyVerbs = ['get', 'create', 'patch'] as const
/** A removal reads the object before it deletes the object. */
export const removeVerbs = ['get', 'delete'] as const

/** What grouping pods by their controllers needs. */
export const readReplicaSets: KubernetesRight = {
  place: 'workloads',
  apiGroup: 'apps',
  resources: ['replicasets'],
  anyName: true,
  verbs: ['get'],
  why: 'Which Deployment they belong to.',
  optional: true,
}

/** What {@link connectToOwnCluster} and CheckCluster need, to compare the issuer of the cluster. */
export const readIssuer: KubernetesRight = {
  place: 'default',
  apiGroup: '',
  resources: ['serviceaccounts/token'],
  names: ['default'],
  verbs: ['create'],
  why: "A token of an account that every cluster has: it names the cluster's issuer, and is thrown away.",
}

/** What a waiting reason needs that says how the issuer of this cluster is changed. */
export const readNodes: KubernetesRight = {
  place: 'cluster',
  apiGroup: '',
  resources: ['nodes'],
  verbs: ['list'],
  why: 'Recognises the distribution, and says how its issuer is changed.',
  optional: true,
  when: ({ hosted }) => hosted,
}
