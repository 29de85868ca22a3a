/** Whether the boundary denies a workload the change of each resource of the stack, by a name or a tag that each deployment has. */
import { expect, test } from 'vitest'
import { tagKeys } from '../../lambdas/ownership/labels.ts'
import { account } from '../../sandbox/account.ts'
import { cloudFrontArn, inAccount, rowsIn } from './attempt.ts'
import { configurations, mayWorkload } from './decide.ts'

const { boundary, names, types } = configurations.widest
const ofApi = (path: string) => `arn:aws:apigateway:${account.region}::/${path}`

/** What IAM knows of the resource in a request, besides its ARN. */
const contexts: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  tagged: { [`aws:ResourceTag/${tagKeys.deployment}`]: 'any' },
  mapping: { 'lambda:FunctionArn': inAccount('lambda', 'function:WorkloadIdentity-NotifyBus') },
}

/** The cells of a row: type, action, the resource, whose NAME is that in the template, and the context. */
const rows = rowsIn(`
  AWS::ApiGatewayV2::Api | apigateway:DELETE | ${ofApi('apis/0a')}
  AWS::ApiGatewayV2::ApiMapping | apigateway:PATCH | ${ofApi('domainnames/api.roles.example.com/apimappings/0a')} | tagged
  AWS::ApiGatewayV2::Authorizer | apigateway:PATCH | ${ofApi('apis/0a/authorizers/0a')}
  AWS::ApiGatewayV2::DomainName | apigateway:PATCH | ${ofApi('domainnames/api.roles.example.com')} | tagged
  AWS::ApiGatewayV2::Integration | apigateway:PATCH | ${ofApi('apis/0a/integrations/0a')}
  AWS::ApiGatewayV2::Route | apigateway:PATCH | ${ofApi('apis/0a/routes/0a')}
  AWS::ApiGatewayV2::Stage | apigateway:PATCH | ${ofApi('apis/0a/stages/$default')}
  AWS::CloudFormation::Stack | cloudformation:UpdateStack | ${inAccount('cloudformation', 'stack/NAME/0a')}
  AWS::CloudFront::CachePolicy | cloudfront:UpdateCachePolicy | ${cloudFrontArn('cache-policy/0a')}
  AWS::CloudFront::Distribution | cloudfront:UpdateDistribution | ${cloudFrontArn('distribution/0A')} | tagged
  AWS::CloudFront::Function | cloudfront:UpdateFunction | ${cloudFrontArn('function/NAME')}
  AWS::CloudFront::OriginAccessControl | cloudfront:UpdateOriginAccessControl | ${cloudFrontArn('origin-access-control/0A')}
  AWS::CloudFront::ResponseHeadersPolicy | cloudfront:UpdateResponseHeadersPolicy | ${cloudFrontArn('response-headers-policy/0a')}
  AWS::CloudWatch::Alarm | cloudwatch:DeleteAlarms | ${inAccount('cloudwatch', 'alarm:NAME')}
  AWS::DynamoDB::Table | dynamodb:DeleteTable | ${inAccount('dynamodb', 'table/NAME')}
  AWS::Events::Rule | events:DeleteRule | ${inAccount('events', 'rule/NAME')}
  AWS::IAM::ManagedPolicy | iam:CreatePolicyVersion | arn:aws:iam::${account.id}:policy/NAME
  AWS::IAM::Policy | iam:PutRolePolicy | arn:aws:iam::${account.id}:role/NAME
  AWS::IAM::Role | iam:UpdateAssumeRolePolicy | arn:aws:iam::${account.id}:role/NAME
  AWS::Lambda::EventInvokeConfig | lambda:PutFunctionEventInvokeConfig | ${inAccount('lambda', 'function:WorkloadIdentity-Reconciler')}
  AWS::Lambda::EventSourceMapping | lambda:UpdateEventSourceMapping | ${inAccount('lambda', 'event-source-mapping:1234abcd-12ab-34cd-56ef-1234567890ab')} | mapping
  AWS::Lambda::Function | lambda:UpdateFunctionCode | ${inAccount('lambda', 'function:NAME')}
  AWS::Lambda::Permission | lambda:RemovePermission | ${inAccount('lambda', 'function:WorkloadIdentity-Reconciler')}
  AWS::Lambda::Version | lambda:DeleteFunction | ${inAccount('lambda', 'function:WorkloadIdentity-Reconciler:1')}
  AWS::Logs::LogGroup | logs:DeleteLogGroup | ${inAccount('logs', 'log-group:NAME')}
  AWS::S3::Bucket | s3:DeleteBucket | arn:aws:s3:::BUCKET
  AWS::S3::BucketPolicy | s3:PutBucketPolicy | arn:aws:s3:::workloadidentity-recordcopies
  AWS::SNS::Subscription | sns:Unsubscribe | ${inAccount('sns', 'WorkloadIdentity-Notifications')}
  AWS::SNS::Topic | sns:DeleteTopic | ${inAccount('sns', 'NAME')}
  AWS::SNS::TopicPolicy | sns:SetTopicAttributes | ${inAccount('sns', 'WorkloadIdentity-Notifications')}
  AWS::SQS::Queue | sqs:DeleteQueue | ${inAccount('sqs', 'NAME')}
  AWS::SQS::QueuePolicy | sqs:SetQueueAttributes | ${inAccount('sqs', 'WorkloadIdentity-DeadLetters')}
  AWS::Scheduler::Schedule | scheduler:UpdateSchedule | ${inAccount('scheduler', 'schedule/default/NAME')}
  AWS::StepFunctions::StateMachine | states:UpdateStateMachine | ${inAccount('states', 'stateMachine:NAME')}
`)

/** Types whose resources may be changed, with the reason. */
const harmless = {
  'AWS::CloudWatch::Dashboard': 'shows metrics, and causes nothing',
  'AWS::Lambda::LayerVersion': 'functions keep the version that they have',
}

test('each type of resource in the stack has a row', () => {
  const known = [...rows.map(([type = '']) => type), ...Object.keys(harmless)]
  expect(types().filter((type) => !type.startsWith('Custom::'))).toEqual(known.toSorted())
})

test.each(rows)('a workload may not change %s (%s)', async (type = '', action = '', resource = '', known = '') => {
  const context = contexts[known] ?? {}
  for (const name of names(type)) {
    const named = resource.replace('NAME', name).replace('BUCKET', name.toLowerCase())
    expect(await mayWorkload(boundary, { name, action, resource: named, source: '', context }), named).toBe(false)
  }
})
