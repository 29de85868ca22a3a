import { Stack, Validations } from 'aws-cdk-lib'
import { CfnFunction } from 'aws-cdk-lib/aws-lambda'
import { CfnBucket } from 'aws-cdk-lib/aws-s3'
import { StateMachine } from 'aws-cdk-lib/aws-stepfunctions'
import { AwsSolutionsChecks } from 'cdk-nag'
import { expect, test } from 'vitest'
import { NodeFunction } from '../../infra/functions/node-function.ts'
import { MemberAccountStack } from '../../infra/member/member-account.ts'
import { defaultWorkloadActions } from '../../infra/settings/workload-actions.ts'
import { exampleApp, exampleStack, portalProps, stackProps } from '../support/aws/stack.ts'
import { workflowNames } from '../support/workflows/definitions.ts'

const { account, region } = stackProps.env
const arn = (rest: string) => `Resource::arn:<AWS::Partition>:${rest}`

/** Each wildcard that is needed, and why nothing narrower does. */
const accepted = [
  {
    id: `IAM5[${arn(`secretsmanager:${region}:${account}:secret:workload-identity/*/*`)}]`,
    reason: 'One secret for each cluster, under the deployment’s own prefix',
  },
  {
    id: `IAM5[${arn(`iam::${account}:oidc-provider/*`)}]`,
    reason: 'The issuer, which is the end of the ARN, is known when the cluster is there',
  },
  {
    id: `IAM5[${arn(`iam::${account}:role/*/Administrator`)}]`,
    reason: 'Reading only: a role that grants name, whose path they leave out',
  },
  {
    id: `IAM5[${arn(`iam::${account}:role/*`)}]`,
    reason: 'Reading only: whether a name is taken under any path',
  },
  {
    id: `IAM5[${arn(`iam::${account}:role/workload-identity/*`)}]`,
    reason: 'Roles of workloads, under a path of their own, with the boundary',
  },
]

const issuerHost = {
  domain: 'oidc.example.com',
  certificateArn: `arn:aws:acm:us-east-1:${account}:certificate/1234abcd-12ab-34cd-56ef-1234567890ab`,
}

/** What the public documents of issuers, and the portal, do without, and why. */
const publicDocuments = [
  ['S1', ['Issuers', 'Documents'], 'Who reads a document that everybody may read is not of interest'],
  ['CFR1', ['Issuers', 'Distribution'], 'AWS reads from wherever it is'],
  ['CFR2', ['Issuers', 'Distribution'], 'It serves static documents, by GET and HEAD alone'],
  ['CFR3', ['Issuers', 'Distribution'], 'Who reads a document that everybody may read is not of interest'],
  ['S1', ['Portal', 'Files'], 'The files are the same for everybody, and say nothing of a deployment'],
  ['CFR1', ['Portal', 'Distribution'], 'People work from wherever they are'],
  ['CFR2', ['Portal', 'Distribution'], 'It serves static files, by GET and HEAD alone'],
  ['CFR3', ['Portal', 'Distribution'], 'The files are the same for everybody, and say nothing of a deployment'],
] as const

/** What the CDK's function that copies the portal's files has. */
const copies = [
  ['L1', 'Its runtime is the one that the CDK tests it on'],
  [
    `IAM4[Policy::${arn('iam::aws:policy/service-role/AWSLambdaBasicExecutionRole').replace('Resource::', '')}]`,
    'It logs',
  ],
  ...['s3:GetObject*', 's3:GetBucket*', 's3:List*', 's3:DeleteObject*', 's3:Abort*'].map(
    (action) => [`IAM5[Action::${action}]`, 'These are the actions of reading, and of writing'] as const,
  ),
  [`IAM5[${arn(`s3:::cdk-hnb659fds-assets-${account}-${region}/*`)}]`, 'The names of assets are digests'],
] as const

test('cdk-nag finds nothing but the wildcards that are needed', () => {
  const app = exampleApp()
  const slack = { workspaceId: 'T0123ABCD', channelId: 'C0123ABCD' }
  const notifications = { emails: [], eventBus: 'default', slack }
  const stack = exampleStack(app, { issuerHost, ...portalProps(), notifications })
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app))
  for (const { id, reason } of accepted) {
    Validations.of(stack).acknowledge({ id: `AwsSolutions-${id}`, reason })
  }
  for (const schedule of ['Rotations', 'Drifts']) {
    Validations.of(stack.node.findChild(schedule)).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason: 'It is the dead-letter queue of a schedule',
    })
  }
  Validations.of(stack.node.findChild('NotificationEvents')).acknowledge({
    id: 'AwsSolutions-SQS3',
    reason: 'A message stays until the bus takes it, or for two weeks',
  })
  for (const wildcard of [
    'Action::cloudwatch:Describe*',
    'Action::cloudwatch:Get*',
    'Action::cloudwatch:List*',
    'Resource::*',
  ]) {
    Validations.of(stack.node.findChild('Chat').node.findChild('ChannelRole')).acknowledge({
      id: `AwsSolutions-IAM5[${wildcard}]`,
      reason: 'What the application reads for the graph of an alarm, as its documentation has it',
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
      reason: 'X-Ray and the delivery of logs know no resource',
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
  if (!(bucket instanceof CfnBucket)) throw new Error('the documents are in no bucket')
  for (const document of ['.well-known/openid-configuration', 'openid/v1/jwks']) {
    Validations.of(stack).acknowledge({
      id: `AwsSolutions-IAM5[Resource::<${stack.getLogicalId(bucket)}.Arn>/*/${document}]`,
      reason: 'The two documents of each cluster, whose name is its folder',
    })
  }
  acceptBoundary(stack)
  expect(() => app.synth()).not.toThrow()
}, 120_000)

test('in a member account it finds the wildcards of IAM alone', () => {
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
      reason: 'X-Ray knows no resource',
    })
    const { defaultChild } = each.node
    if (!(defaultChild instanceof CfnFunction)) throw new Error(`${each.node.path} is no function`)
    Validations.of(stack).acknowledge({
      id: `AwsSolutions-IAM5[Resource::<${Stack.of(each).getLogicalId(defaultChild)}.Arn>:*]`,
      reason: 'Running executions call the versions with which they began',
    })
  }
}

function acceptCopiesOfRecord(stack: Stack): void {
  const copies = stack.node.findChild('RecordCopies')
  const bucket = copies.node.findChild('Resource')
  if (!(bucket instanceof CfnBucket)) throw new Error('the copies of the record are in no bucket')
  const reason =
    'Two functions write them, and who deploys reads them: CloudTrail has their data events where that is asked for'
  Validations.of(copies).acknowledge({ id: 'AwsSolutions-S1', reason })
  Validations.of(stack).acknowledge({
    id: `AwsSolutions-IAM5[Resource::<${stack.getLogicalId(bucket)}.Arn>/clusters/*.json]`,
    reason: 'One copy for each cluster, by its name',
  })
}

function acceptCopies(stack: Stack): void {
  const copier = stack.node.children.find(({ node }) => node.id.startsWith('Custom::CDKBucketDeployment'))
  const files = stack.node.findChild('Portal').node.findChild('Files').node.findChild('Resource')
  if (!copier || !(files instanceof CfnBucket)) throw new Error('nothing copies the files of the portal')
  const objects = `IAM5[Resource::<${stack.getLogicalId(files)}.Arn>/*]`
  for (const [id, reason] of [...copies, [objects, 'The names of files change with what is in them'] as const]) {
    Validations.of(copier).acknowledge({ id: `AwsSolutions-${id}`, reason })
  }
}

function acceptBoundary(stack: Stack): void {
  const boundary = Validations.of(stack.node.findChild('WorkloadBoundary'))
  for (const what of ['Resource::*', ...defaultWorkloadActions.map((action) => `Action::${action}`)]) {
    const reason = 'A boundary grants nothing: it is the most that a policy can give'
    boundary.acknowledge({ id: `AwsSolutions-IAM5[${what}]`, reason })
  }
}
