import { managedByLabel } from '../clouds/kubernetes/object.ts'

/** Tags of IAM roles and OIDC providers. An object with the tag `deployment` belongs to that deployment. */
export const tagKeys = {
  deployment: 'workload-identity:deployment',
  cluster: 'workload-identity:cluster',
  namespace: 'workload-identity:namespace',
  serviceAccount: 'workload-identity:service-account',
  adopted: 'workload-identity:adopted',
} as const

/** Labels of Cloud Storage buckets. `managedBy` has the value {@link manager}. */
export const bucketLabels = {
  managedBy: 'managed-by',
  deployment: 'workload-identity-deployment',
  cluster: 'workload-identity-cluster',
  adopted: 'workload-identity-adopted',
} as const

/**
 * Label and annotations of Kubernetes objects. The label has the value {@link manager}. Two annotations name the owner,
 * because label values have at most 63 characters. The annotation of an adopted object has the value "true".
 */
export const kubernetesOwnership = {
  managedByLabel,
  deploymentAnnotation: 'workload-identity/deployment',
  clusterAnnotation: 'workload-identity/cluster',
  adoptedAnnotation: 'workload-identity/adopted',
} as const

/** The value of each managed-by label, and the product's field manager in server-side apply. */
export const manager = 'workload-identity'
