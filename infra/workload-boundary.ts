import { RemovalPolicy, Stack } from 'aws-cdk-lib'
import { Effect, ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { Construct } from 'constructs'
import type { Resources } from './resources.ts'

interface Protected extends Pick<Resources, 'table' | 'secretPrefix'> {
  readonly api: { readonly apiId: string }
}

/**
 * The permissions boundary of the workloads' roles: the most that such a role may do, whatever policies it has.
 *
 * - A workload does not administer identities or the account.
 * - A workload does not reach this product's own secrets and record.
 * - A workload does not reach them through the API, the functions, the workflow or the stack of this product.
 * - A workload does not assume the roles that deploy the stack. CDK's roles trust the whole account:
 *   https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html
 *
 * The boundary stays when the stack is deleted or replaces it: IAM deletes no policy that is the boundary of a role
 * (https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeletePolicy.html).
 *
 * The boundary does not apply after a workload has assumed another role that trusts it. The names of functions are
 * patterns and not references, because the functions depend on the boundary.
 */
export class WorkloadBoundary extends ManagedPolicy {
  constructor(scope: Construct, id: string, { table, api, secretPrefix }: Protected) {
    const { partition, region, account, stackName } = Stack.of(scope)
    const arn = (service: string, resource: string) => `arn:${partition}:${service}:${region}:${account}:${resource}`
    super(scope, id, {
      description: 'The most that a role of a workload may do',
      statements: [
        new PolicyStatement({ actions: ['*'], resources: ['*'] }),
        new PolicyStatement({
          effect: Effect.DENY,
          actions: ['account:*', 'iam:*', 'identitystore:*', 'organizations:*', 'sso:*', 'sso-directory:*'],
          resources: ['*'],
        }),
        new PolicyStatement({
          effect: Effect.DENY,
          actions: ['secretsmanager:*'],
          resources: [arn('secretsmanager', `secret:${secretPrefix}/*`)],
        }),
        new PolicyStatement({
          effect: Effect.DENY,
          actions: ['cloudformation:*', 'lambda:*', 'states:*'],
          resources: [
            arn('cloudformation', `stack/${stackName}/*`),
            // The name of each function starts with the stack's name, which CloudFormation puts there. So does the name
            // of each state machine, which the stack sets.
            arn('lambda', `function:${stackName}-*`),
            arn('states', `stateMachine:${stackName}-*`),
            arn('states', `execution:${stackName}-*:*`),
          ],
        }),
        new PolicyStatement({
          effect: Effect.DENY,
          actions: ['sts:AssumeRole'],
          resources: [`arn:${partition}:iam::${account}:role/cdk-*`],
        }),
        new PolicyStatement({
          effect: Effect.DENY,
          actions: ['apigateway:*', 'execute-api:*'],
          resources: [
            // https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonapigatewaymanagementv2.html
            `arn:${partition}:apigateway:${region}::/apis/${api.apiId}`,
            `arn:${partition}:apigateway:${region}::/apis/${api.apiId}/*`,
            arn('execute-api', `${api.apiId}/*`),
          ],
        }),
        new PolicyStatement({
          effect: Effect.DENY,
          actions: ['dynamodb:*'],
          resources: [table.tableArn, `${table.tableArn}/*`],
        }),
      ],
    })
    this.applyRemovalPolicy(RemovalPolicy.RETAIN)
  }
}
