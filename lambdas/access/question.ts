import type { ActionName } from './actions.ts'

/** What a question is about. */
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
      /** Left out by an operation on all clusters. */
      readonly cluster?: string | undefined
      /** The name of the caller that requested it. */
      readonly owner: string
      /** Of the workloads that it names. */
      readonly namespaces: readonly string[]
    }

/** Whether the caller may do this. */
export interface Question {
  readonly action: ActionName
  readonly resource: Resource
  /** Managed policies that the workloads get. For an action that asks about them. */
  readonly policyArns?: readonly string[]
  /** Account of the provider and the roles. For an action that asks about it. */
  readonly awsAccountId?: string
}

/** `cluster prod-eu`, `workload default/s3-reader of cluster prod-eu`. */
export function describeResource(resource: Resource): string {
  if (resource.type === 'Deployment') return 'this deployment'
  if (resource.type === 'Cluster') return `cluster ${resource.cluster}`
  if (resource.type === 'Operation') return `operation ${resource.operationId}`
  return `workload ${resource.namespace}/${resource.serviceAccount} of cluster ${resource.cluster}`
}
