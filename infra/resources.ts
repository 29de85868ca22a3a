import type { AccessRules } from '../lambdas/access/configuration.ts'
import type { OperationDays } from '../lambdas/operations/record/expiry.ts'
import type { OperationKind } from '../lambdas/operations/record/kinds.ts'
import type { IamAccess } from '../lambdas/steps/iam-access.ts'

/** The inputs of the functions' settings and permissions. */
export interface Resources {
  readonly table: { readonly tableName: string; readonly tableArn: string }
  /** ACCOUNT/REGION/STACK, unique for each deployment. */
  readonly deployment: string
  readonly partition: string
  readonly region: string
  readonly accountId: string
  /** Prefix of the names of all secrets. */
  readonly secretPrefix: string
  /** IAM path of the workloads' roles, with a slash at both ends. */
  readonly rolePath: string
  readonly permissionsBoundaryArn: string
  /** The host of the clusters' discovery documents. Omitted when the deployment hosts none. */
  readonly issuerHost?: IssuerHostResources | undefined
  /** ARNs of the managed policies that a workload may get; `*` stands for any characters. */
  readonly allowedPolicyArns: readonly string[]
  /** Actions that inline policies may allow. Empty when inline policies are not allowed. */
  readonly inlinePolicyActions: readonly string[]
  /** External ID of the member role in each member account, by account ID. */
  readonly externalIds: Readonly<Record<string, string>>
  /** Name of the boundary in each member account, and prefix of the member roles' names. */
  readonly memberPrefix: string
  /** The roles of the deployment that member roles trust. */
  readonly memberCallerArns: Readonly<Record<IamAccess, string>>
  readonly accessRules: AccessRules
  /** Unique IDs of the roles and users that the rules name, in the order of lambdas/access/named-callers.ts. */
  readonly callerIds: string
  readonly stateMachines: StateMachines
  /** The maximum number of running operations of one API caller. */
  readonly runningPerCaller: number
  /** The bucket with copies of the record. */
  readonly copies: { readonly bucketName: string; readonly bucketArn: string }
  /** ARN of the topic for the ends of operations. */
  readonly topicArn: string
  readonly operationDays: OperationDays
}

export interface IssuerHostResources {
  /** Host names. New issuers use the first one: https://NAME/CLUSTER. */
  readonly names: readonly string[]
  readonly bucketName: string
  readonly bucketArn: string
}

/** ARN and name of the state machine of each kind of operation. */
export type StateMachines = Readonly<Record<OperationKind, { readonly arn: string; readonly name: string }>>
