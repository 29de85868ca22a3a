import type { AccessRules } from '../lambdas/access/configuration.ts'
import type { OperationDays } from '../lambdas/operations/record/expiry.ts'
import type { OperationKind } from '../lambdas/operations/record/kinds.ts'
import type { IamAccess } from '../lambdas/steps/iam-access.ts'

/** The resources from which the functions' settings and permissions are made. */
export interface Resources {
  readonly table: { readonly tableName: string; readonly tableArn: string }
  /** ACCOUNT/REGION/STACK: no two deployments have the same. */
  readonly deployment: string
  readonly partition: string
  readonly region: string
  readonly accountId: string
  /** First part of the names of all secrets. */
  readonly secretPrefix: string
  /** IAM path of the workloads' roles, with a slash at both ends. */
  readonly rolePath: string
  readonly permissionsBoundaryArn: string
  /** Where the deployment hosts the discovery documents of clusters. Left out when it hosts none. */
  readonly issuerHost?: IssuerHostResources | undefined
  /** ARNs of the managed policies that a workload may get; `*` stands for any characters. */
  readonly allowedPolicyArns: readonly string[]
  /** Actions that inline policies may allow; empty when there may be no inline policies. */
  readonly inlinePolicyActions: readonly string[]
  /** External ID of the member role in each member account, by the account. */
  readonly externalIds: Readonly<Record<string, string>>
  /** Name of the boundary in each member account, and the first part of those of the member roles. */
  readonly memberName: string
  /** The roles of the deployment that member roles trust. */
  readonly memberCallerArns: Readonly<Record<IamAccess, string>>
  /** The grants and policies of callers. */
  readonly accessRules: AccessRules
  /** Unique IDs of the roles and users that the rules name, in the order of lambdas/access/named-callers.ts. */
  readonly callerIds: string
  readonly stateMachines: StateMachines
  /** How many operations a caller of the API may have running at once. */
  readonly runningPerCaller: number
  /** The bucket with copies of the record. */
  readonly copies: { readonly bucketName: string; readonly bucketArn: string }
  /** ARN of the topic that learns how operations end. */
  readonly topicArn: string
  readonly operationDays: OperationDays
}

export interface IssuerHostResources {
  /** Host names, the one of new issuers first: https://NAME/CLUSTER. */
  readonly names: readonly string[]
  readonly bucketName: string
  readonly bucketArn: string
}

/** ARN and name of the state machine of each kind of operation. */
export type StateMachines = Readonly<Record<OperationKind, { readonly arn: string; readonly name: string }>>
