/** What a path needs to know of a type. */
export interface BuiltInType {
  /** As paths and RBAC name it, such as "deployments". */
  readonly name: string
  readonly namespaced: boolean
}

/**
 * Types that every API server has from Kubernetes 1.19 on, which is the oldest that is supported. A function that has just
 * started would ask for each apiVersion once. https://kubernetes.io/docs/reference/using-api/deprecation-guide/
 */
export const builtInTypes: Readonly<Record<string, Readonly<Record<string, BuiltInType>>>> = {
  v1: {
    Event: inNamespaces('events'),
    Namespace: everywhere('namespaces'),
    Node: everywhere('nodes'),
    Pod: inNamespaces('pods'),
    Secret: inNamespaces('secrets'),
    Service: inNamespaces('services'),
    ServiceAccount: inNamespaces('serviceaccounts'),
  },
  'admissionregistration.k8s.io/v1': {
    MutatingWebhookConfiguration: everywhere('mutatingwebhookconfigurations'),
  },
  'apps/v1': {
    Deployment: inNamespaces('deployments'),
    ReplicaSet: inNamespaces('replicasets'),
  },
  'authorization.k8s.io/v1': {
    SelfSubjectAccessReview: everywhere('selfsubjectaccessreviews'),
    SelfSubjectRulesReview: everywhere('selfsubjectrulesreviews'),
  },
  'certificates.k8s.io/v1': {
    CertificateSigningRequest: everywhere('certificatesigningrequests'),
  },
  'rbac.authorization.k8s.io/v1': {
    ClusterRole: everywhere('clusterroles'),
    ClusterRoleBinding: everywhere('clusterrolebindings'),
    Role: inNamespaces('roles'),
    RoleBinding: inNamespaces('rolebindings'),
  },
}

/**
 * Types of Anthos clusters on AWS, by the names that their definition gives them. A server without them answers 404 in words
 * that tell that from an object that is not there, so that nobody asks for them before.
 */
const customTypes: typeof builtInTypes = {
  'multicloud.cluster.gke.io/v1': {
    AWSCluster: inNamespaces('awsclusters'),
    AWSNodePool: inNamespaces('awsnodepools'),
  },
}

/** The type, when its name is known without asking the server. */
export function knownType(apiVersion: string, kind: string): BuiltInType | undefined {
  return builtInType(apiVersion, kind) ?? typeIn(customTypes, apiVersion, kind)
}

/** True for a type whose name is known, and that a server need not have. */
export function isCustom(apiVersion: string, kind: string): boolean {
  return typeIn(customTypes, apiVersion, kind) !== undefined
}

/** The type, when every API server has it. References to owners of pods are asked about, too: anybody may have written them. */
export function builtInType(apiVersion: string, kind: string): BuiltInType | undefined {
  return typeIn(builtInTypes, apiVersion, kind)
}

function typeIn(types: typeof builtInTypes, apiVersion: string, kind: string): BuiltInType | undefined {
  const kinds = Object.hasOwn(types, apiVersion) ? types[apiVersion] : undefined
  return kinds && Object.hasOwn(kinds, kind) ? kinds[kind] : undefined
}

function inNamespaces(name: string): BuiltInType {
  return { name, namespaced: true }
}

function everywhere(name: string): BuiltInType {
  return { name, namespaced: false }
}
