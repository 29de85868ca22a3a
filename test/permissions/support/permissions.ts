import type { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { bundleName } from '../../../infra/functions/entry.ts'
import { allFunctions } from '../../../infra/functions/functions.ts'
import type { Resources } from '../../../infra/resources.ts'
import { forEachKind, workflows } from '../../../infra/workflows.ts'
import { deployment } from '../../support/steps/deployment.ts'

/** One action on one resource that the role of one function allows. */
export interface Permission {
  /** The function's bundle: `create-role`. */
  readonly of: string
  readonly action: string
  readonly resource: string
}

export interface FunctionPermissions {
  readonly name: string
  readonly permissions: readonly Permission[]
}

/** Placeholder resources for the titles of cases. A run uses the ARNs of the deployment, in the same order. */
export const anyResources: Resources = {
  table: { tableName: 'Record', tableArn: 'table/Record' },
  deployment,
  partition: 'aws',
  region: 'eu-west-1',
  accountId: '000000000000',
  secretPrefix: 'workload-identity',
  rolePath: '/workload-identity/',
  permissionsBoundaryArn: 'policy/WorkloadBoundary',
  issuerHost: { names: ['oidc.example.com'], bucketName: 'issuers', bucketArn: 'bucket/issuers' },
  allowedPolicyArns: ['any'],
  inlinePolicyActions: ['any'],
  externalIds: {},
  memberPrefix: 'WorkloadIdentity-000000000000-eu-west-1',
  memberCallerArns: { reader: 'any', writer: 'any' },
  accessRules: { grants: [], issuers: {}, policies: {} },
  callerIds: 'any',
  stateMachines: forEachKind((kind) => ({ arn: `stateMachine:${kind}`, name: workflows[kind] })),
  runningPerCaller: 20,
  copies: { bucketName: 'copies', bucketArn: 'bucket/copies' },
  topicArn: 'topic/Notifications',
  operationDays: { looks: 90, changes: 365 },
}

/**
 * Every permission in infra/functions/functions.ts, by function. It does not include those to write the function's log, and to store
 * a failed call of the schedule: Lambda itself uses them, and the sandbox's Lambda does not check IAM.
 */
export function permissionsOf(resources: Resources): FunctionPermissions[] {
  return allFunctions.map(({ entry, permissions }) => {
    const of = bundleName(entry)
    return { name: of, permissions: permissions(resources).flatMap((statement) => permissionsIn(statement, of)) }
  })
}

function permissionsIn({ actions, resources }: PolicyStatement, of: string): Permission[] {
  return actions.flatMap((action) => resources.map((resource) => ({ of, action, resource })))
}
