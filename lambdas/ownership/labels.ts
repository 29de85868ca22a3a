/** The names and values of the ownership labels and tags on each object that this project makes. */
import { managedByLabel } from '../clouds/kubernetes/object.ts'

/** Tags of IAM roles and OIDC providers. The tag `deployment` makes an object one of ours. */
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
 * because the value of a label has 63 characters at most. The annotation of an adopted object has the value "true".
 */
export const kubernetesOwnership = {
  managedByLabel,
  deploymentAnnotation: 'workload-identity/deployment',
  clusterAnnotation: 'workload-identity/cluster',
  adoptedAnnotation: 'workload-identity/adopted',
} as const

/** The value of each managed-by label, and the name of our field manager in server-side apply. */
export const manager = 'workload-identity'
