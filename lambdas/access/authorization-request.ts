import type { ActionName } from './actions.ts'

/** The resource of an authorization check. */
export type Resource =
  | { readonly type: 'Deployment' }
  | { readonly type: 'Cluster'; readonly cluster: string }
  | {
      readonly type: 'Workload'
      readonly cluster: string
      readonly namespace: string
      readonly serviceAccount: string
    }
  | {
      readonly type: 'Operation'
      readonly operationId: string
      readonly kind: string
      /** Absent for an operation on all clusters. */
      readonly cluster?: string | undefined
      /** The name of the caller that requested it. */
      readonly owner: string
      /** The namespaces of the workloads that it names. */
      readonly namespaces: readonly string[]
    }

/** An authorization check: whether the caller may perform the action on the resource. */
export interface AuthorizationRequest {
  readonly action: ActionName
  readonly resource: Resource
  /** The managed policies of the workloads, for actions that check them. */
  readonly policyArns?: readonly string[]
  /** The account of the provider and the roles, for actions that check it. */
  readonly awsAccountId?: string
}

/** `cluster prod-eu`, `workload default/s3-reader of cluster prod-eu`. */
export function describeResource(resource: Resource): string {
  if (resource.type === 'Deployment') return 'this deployment'
  if (resource.type === 'Cluster') return `cluster ${resource.cluster}`
  if (resource.type === 'Operation') return `operation ${resource.operationId}`
  return `workload ${resource.namespace}/${resource.serviceAccount} of cluster ${resource.cluster}`
}
