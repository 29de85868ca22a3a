import { Stack } from 'aws-cdk-lib'
import { Effect, ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { Construct } from 'constructs'
import type { Resources } from './resources.ts'

interface Protected extends Pick<Resources, 'table' | 'secretPrefix'> {
  readonly api: { readonly apiId: string }
}

/**
 * The permissions boundary of the workloads' roles: the most that any of them may do, whatever policies it is given. No
 * workload administers identities or the account, and none reaches this product's own secrets and record: not by itself,
 * and not through what may, which are its API, its functions, its workflow, its stack, and the roles that deploy it (CDK's
 * trust the whole account: https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html). It does not follow a
 * workload into any other role that lets it in.
 *
 * The names of functions are patterns and not references: the functions depend on the boundary.
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
            // CloudFormation starts the name of each function with the stack's, and the stack that of each state machine.
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
  }
}
