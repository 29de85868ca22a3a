import { Stack, Validations } from 'aws-cdk-lib'
import { CfnFunction } from 'aws-cdk-lib/aws-lambda'
import { CfnBucket } from 'aws-cdk-lib/aws-s3'
import { StateMachine } from 'aws-cdk-lib/aws-stepfunctions'
import { AwsSolutionsChecks } from 'cdk-nag'
import { expect, test } from 'vitest'
import { NodeFunction } from '../../infra/functions/node-function.ts'
import { MemberAccountStack } from '../../infra/member/member-account.ts'
import { defaultWorkloadActions } from '../../infra/settings/workload-actions.ts'
import { agentRoutes } from '../../lambdas/api/agents/agent-routes.ts'
import { exampleApp, exampleStack, portalProps, stackProps } from '../support/aws/stack.ts'
import { workflowNames } from '../support/workflows/definitions.ts'

const { account, region } = stackProps.env
const arn = (rest: string) => `Resource::arn:<AWS::Partition>:${rest}`

/** The needed wildcards, each with the reason. */
const accepted = [
  {
    id: `IAM5[${arn(`secretsmanager:${region}:${account}:secret:workload-identity/*/*`)}]`,
    reason: 'One secret for each cluster, under the deployment’s own prefix',
  },
  {
    id: `IAM5[${arn(`iam::${account}:oidc-provider/*`)}]`,
    reason: 'The ARN ends with the issuer, which is known only when the cluster exists',
  },
  {
    id: `IAM5[${arn(`iam::${account}:role/*/Administrator`)}]`,
    reason: 'Only reads: grants name roles without their paths',
  },
  {
    id: `IAM5[${arn(`iam::${account}:role/*`)}]`,
    reason: 'Only reads: a role of this name may exist under any path',
  },
  {
    id: `IAM5[${arn(`iam::${account}:role/workload-identity/*`)}]`,
    reason: 'Roles of workloads, under their own path and with the boundary',
  },
]

const issuerHost = {
  domain: 'oidc.example.com',
  certificateArn: `arn:aws:acm:us-east-1:${account}:certificate/1234abcd-12ab-34cd-56ef-1234567890ab`,
}

/** Features that the public documents of issuers and the portal do not need, with the reasons. */
const publicDocuments = [
  ['S1', ['Issuers', 'Documents'], 'The documents are public, so that an access log is not needed'],
  ['CFR1', ['Issuers', 'Distribution'], 'AWS may read the documents from any country'],
  ['CFR2', ['Issuers', 'Distribution'], 'It serves only static documents, by GET and HEAD'],
  ['CFR3', ['Issuers', 'Distribution'], 'The documents are public, so that an access log is not needed'],
  ['S1', ['Portal', 'Files'], 'The files are public and the same for all deployments'],
  ['CFR1', ['Portal', 'Distribution'], 'Users may work from any country'],
  ['CFR2', ['Portal', 'Distribution'], 'It serves only static files, by GET and HEAD'],
  ['CFR3', ['Portal', 'Distribution'], 'The files are public and the same for all deployments'],
] as const

/** The findings in the CDK's function that copies the portal's files. */
const copies = [
  ['L1', 'The CDK tests the function on this runtime'],
  [
    `IAM4[Policy::${arn('iam::aws:policy/service-role/AWSLambdaBasicExecutionRole').replace('Resource::', '')}]`,
    'It logs',
  ],
  ...['s3:GetObject*', 's3:GetBucket*', 's3:List*', 's3:DeleteObject*', 's3:Abort*'].map(
    (action) => [`IAM5[Action::${action}]`, 'The function reads and writes objects'] as const,
  ),
  [`IAM5[${arn(`s3:::cdk-hnb659fds-assets-${account}-${region}/*`)}]`, 'The names of assets are digests'],
] as const

test('cdk-nag finds only accepted findings in a deployment', () => {
  const app = exampleApp()
  const slack = { workspaceId: 'T0123ABCD', channelId: 'C0123ABCD' }
  const notifications = { emails: [], eventBus: 'default', slack }
  const stack = exampleStack(app, { issuerHost, ...portalProps(), notifications })
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app))
  for (const { id, reason } of accepted) {
    Validations.of(stack).acknowledge({ id: `AwsSolutions-${id}`, reason })
  }
  // Only these routes: any other route without an authorizer is a finding.
  for (const { method, path } of agentRoutes) {
    Validations.of(stack.node.findChild('Api').node.findChild(`${method}${path}`.replaceAll('/', '--'))).acknowledge({
      id: 'AwsSolutions-APIG4',
      reason: 'Its function verifies the token of the agent with the keys of its enrolment',
    })
  }
  for (const schedule of ['Rotations', 'Drifts']) {
    Validations.of(stack.node.findChild(schedule)).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason: 'It is the dead-letter queue of a schedule',
    })
  }
  Validations.of(stack.node.findChild('NotificationEvents')).acknowledge({
    id: 'AwsSolutions-SQS3',
    reason: 'A message stays until the bus accepts it, or for two weeks',
  })
  for (const wildcard of [
    'Action::cloudwatch:Describe*',
    'Action::cloudwatch:Get*',
    'Action::cloudwatch:List*',
    'Resource::*',
  ]) {
    Validations.of(stack.node.findChild('Chat').node.findChild('ChannelRole')).acknowledge({
      id: `AwsSolutions-IAM5[${wildcard}]`,
      reason: 'The application reads these for the graph of an alarm, as documented',
    })
  }
  for (const workflow of workflowNames) {
    Validations.of(stack).acknowledge({
      id: `AwsSolutions-IAM5[${arn(`states:${region}:${account}:execution:WorkloadIdentity-${workflow}:*`)}]`,
      reason: 'Executions are named after operations',
    })
  }
  for (const machine of stack.node.findAll().filter((construct) => construct instanceof StateMachine)) {
    Validations.of(machine).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'X-Ray and log delivery do not support resources',
    })
  }
  for (const [id, [construct, part], reason] of publicDocuments) {
    const of = stack.node.findChild(construct).node.findChild(part)
    Validations.of(of).acknowledge({ id: `AwsSolutions-${id}`, reason })
  }
  acceptCopies(stack)
  acceptFunctions(stack)
  acceptCopiesOfRecord(stack)
  const bucket = stack.node.findChild('Issuers').node.findChild('Documents').node.findChild('Resource')
  if (!(bucket instanceof CfnBucket)) throw new Error('the documents have no bucket')
  for (const document of ['.well-known/openid-configuration', 'openid/v1/jwks']) {
    Validations.of(stack).acknowledge({
      id: `AwsSolutions-IAM5[Resource::<${stack.getLogicalId(bucket)}.Arn>/*/${document}]`,
      reason: 'The two documents of each cluster, whose name is its folder',
    })
  }
  acceptBoundary(stack)
  expect(() => app.synth()).not.toThrow()
}, 120_000)

test('cdk-nag finds only the accepted wildcards of IAM in a member account', () => {
  const app = exampleApp()
  const stack = new MemberAccountStack(app, 'Member', { ...stackProps, deploymentStack: 'WorkloadIdentity' })
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app))
  for (const { id, reason } of accepted) {
    Validations.of(stack).acknowledge({ id: `AwsSolutions-${id.replace(account, '<AWS::AccountId>')}`, reason })
  }
  acceptBoundary(stack)
  expect(() => app.synth()).not.toThrow()
}, 120_000)

function acceptFunctions(stack: Stack): void {
  for (const each of stack.node.findAll().filter((construct) => construct instanceof NodeFunction)) {
    const { id, scope = stack } = each.node
    Validations.of(scope.node.findChild(`${id}Role`)).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'X-Ray does not support resources',
    })
    const { defaultChild } = each.node
    if (!(defaultChild instanceof CfnFunction)) throw new Error(`${each.node.path} is no function`)
    Validations.of(stack).acknowledge({
      id: `AwsSolutions-IAM5[Resource::<${Stack.of(each).getLogicalId(defaultChild)}.Arn>:*]`,
      reason: 'Running executions call the versions with which they started',
    })
  }
}

function acceptCopiesOfRecord(stack: Stack): void {
  const copies = stack.node.findChild('RecordCopies')
  const bucket = copies.node.findChild('Resource')
  if (!(bucket instanceof CfnBucket)) throw new Error('the copies of the record have no bucket')
  const reason = 'Only two functions and the deployer access them. CloudTrail can log their data events'
  Validations.of(copies).acknowledge({ id: 'AwsSolutions-S1', reason })
  Validations.of(stack).acknowledge({
    id: `AwsSolutions-IAM5[Resource::<${stack.getLogicalId(bucket)}.Arn>/clusters/*.json]`,
    reason: 'One copy for each cluster, by its name',
  })
}

function acceptCopies(stack: Stack): void {
  const copier = stack.node.children.find(({ node }) => node.id.startsWith('Custom::CDKBucketDeployment'))
  const files = stack.node.findChild('Portal').node.findChild('Files').node.findChild('Resource')
  if (!copier || !(files instanceof CfnBucket)) throw new Error('no function copies the files of the portal')
  const objects = `IAM5[Resource::<${stack.getLogicalId(files)}.Arn>/*]`
  for (const [id, reason] of [...copies, [objects, 'The names of files change with their content'] as const]) {
    Validations.of(copier).acknowledge({ id: `AwsSolutions-${id}`, reason })
  }
}

function acceptBoundary(stack: Stack): void {
  const boundary = Validations.of(stack.node.findChild('WorkloadBoundary'))
  for (const what of ['Resource::*', ...defaultWorkloadActions.map((action) => `Action::${action}`)]) {
    const reason = 'A boundary grants nothing: it only limits policies'
    boundary.acknowledge({ id: `AwsSolutions-IAM5[${what}]`, reason })
  }
}
