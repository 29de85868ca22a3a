/** The facts about a type that a request path needs. */
export interface KnownType {
  /** The plural in paths and RBAC, such as "deployments". */
  readonly name: string
  readonly namespaced: boolean
}

/**
 * Types that every API server has since Kubernetes 1.19, the oldest supported version. Without this list, a new client
 * would request the discovery of each apiVersion once.
 * https://kubernetes.io/docs/reference/using-api/deprecation-guide/
 */
export const builtInTypes: Readonly<Record<string, Readonly<Record<string, KnownType>>>> = {
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
 * Types of Anthos clusters on AWS, with the plural names in their CustomResourceDefinitions. They need no discovery in
 * advance, because the 404 for a missing type differs from the 404 for a missing object.
 */
const customTypes: typeof builtInTypes = {
  'multicloud.cluster.gke.io/v1': {
    AWSCluster: inNamespaces('awsclusters'),
    AWSNodePool: inNamespaces('awsnodepools'),
  },
}

/** Returns the type, if its plural name is known without a request to the server. */
export function knownType(apiVersion: string, kind: string): KnownType | undefined {
  return builtInType(apiVersion, kind) ?? typeIn(customTypes, apiVersion, kind)
}

/** Whether the plural name of the type is known, although not every server has the type. */
export function isCustom(apiVersion: string, kind: string): boolean {
  return typeIn(customTypes, apiVersion, kind) !== undefined
}

/** Returns the type, if every API server has it. The arguments may come from untrusted owner references of pods. */
export function builtInType(apiVersion: string, kind: string): KnownType | undefined {
  return typeIn(builtInTypes, apiVersion, kind)
}

function typeIn(types: typeof builtInTypes, apiVersion: string, kind: string): KnownType | undefined {
  const kinds = Object.hasOwn(types, apiVersion) ? types[apiVersion] : undefined
  return kinds && Object.hasOwn(kinds, kind) ? kinds[kind] : undefined
}

function inNamespaces(name: string): KnownType {
  return { name, namespaced: true }
}

function everywhere(name: string): KnownType {
  return { name, namespaced: false }
}
