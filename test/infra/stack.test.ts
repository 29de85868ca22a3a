import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { Match, Template } from 'aws-cdk-lib/assertions'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { allFunctions, reconciler, stepFunctions } from '../../infra/functions/functions.ts'
import { tableDefinition } from '../../infra/recovery/table-definition.ts'
import { deploymentSettings } from '../../infra/settings/settings.ts'
import { settingsIn } from '../../infra/settings/settings-file.ts'
import { driftsMachine, pascalCase, startedMachines, workflows } from '../../infra/workflows.ts'
import { agentRoutes } from '../../lambdas/api/agents/agent-routes.ts'
import { functionOf, routes } from '../../lambdas/api/routes.ts'
import { settingNames } from '../../lambdas/settings.ts'
import { executionEvent } from '../support/api/execution-event.ts'
import { rightsIn, rolesWith } from '../support/aws/rights-in.ts'
import { exampleApp, exampleStack, portalProps, stackProps } from '../support/aws/stack.ts'
import { functionOfStep } from '../support/steps/steps.ts'
import { definition, workflowNames } from '../support/workflows/definitions.ts'
import { lambdaTasksOf, stepOfTask } from '../support/workflows/workflow-parts.ts'

const template = Template.fromStack(exampleStack())
const functions = Object.values(template.findResources('AWS::Lambda::Function'))
const rights = rightsIn(template)

const attribute = z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.literal('Arn')]) })

/** All functions of the product, and the one that finds the callers of grants. */
const bundled = allFunctions.length + 1

test('every function runs on Node 24 on arm64, with a separate bundle and a separate role', () => {
  expect(functions).toHaveLength(bundled)
  for (const { Properties: properties } of functions) {
    expect(properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'], Handler: 'index.handler' })
  }
  expect(new Set(functions.map(({ Properties }) => Properties.Code.S3Key)).size).toBe(bundled)
  expect(new Set(functions.map(({ Properties }) => JSON.stringify(Properties.Role))).size).toBe(bundled)
})

test('the stack has at most 33 functions and 240 resources, including those of CDK, and no nested stack', () => {
  const { Resources } = template.toJSON()
  expect(template.findResources('AWS::CloudFormation::Stack')).toEqual({})
  expect(functions.length).toBeLessThanOrEqual(33)
  expect(Object.keys(Resources).length).toBeLessThanOrEqual(240)
})

test('no role has a managed policy', () => {
  for (const role of Object.values(template.findResources('AWS::IAM::Role'))) {
    expect(role.Properties.ManagedPolicyArns).toBeUndefined()
  }
})

test('every function sends traces, and its role allows it', () => {
  for (const { Properties } of functions) {
    expect(Properties.TracingConfig).toEqual({ Mode: 'Active' })
    const role: string = Properties.Role['Fn::GetAtt'][0]
    expect(rights.get(role.replace(/Role[0-9A-F]{8}$/, ''))).toContainEqual({
      Effect: 'Allow',
      Action: ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'],
      Resource: '*',
    })
  }
})

test('a state machine calls the versions of its functions that are deployed with it', () => {
  const versions = template.findResources('AWS::Lambda::Version')
  const called = Object.values(template.findResources('AWS::StepFunctions::StateMachine')).flatMap(({ Properties }) =>
    Object.entries(Properties.DefinitionSubstitutions).filter(([name]) => name.endsWith('FunctionArn')),
  )
  expect(called.length).toBeGreaterThan(stepFunctions.size)
  for (const [name, value] of called) {
    const version = JSON.parse(JSON.stringify(value)).Ref
    expect(versions[version]?.Properties.FunctionName.Ref).toMatch(
      new RegExp(`^${functionOfStep(name.replace(/FunctionArn$/, ''))}`),
    )
  }
  expect(Object.keys(versions)).toHaveLength(stepFunctions.size)
})

test('a version is retained when another release replaces it, and when its deployment is rolled back', () => {
  for (const version of Object.values(template.findResources('AWS::Lambda::Version'))) {
    expect(version).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' })
  }
})

test('with every setting and five token issuers the stack has at most 500 resources, the limit of CloudFormation', () => {
  const names = ['staff', 'partners', 'machines', 'robots', 'guests']
  const issuers = Object.fromEntries(
    names.map((name) => [name, { issuer: `https://${name}.example.com`, audience: ['workload-identity'] }]),
  )
  const stack = exampleStack(undefined, {
    ...portalProps(),
    access: { ...stackProps.access, issuers },
    issuerHost: {},
    notifications: {
      emails: ['platform@example.com'],
      eventBus: 'default',
      slack: { workspaceId: 'T0123ABCD', channelId: 'C0123ABCD' },
    },
  })
  expect(Object.keys(Template.fromStack(stack).toJSON().Resources).length).toBeLessThanOrEqual(500)
})

test('every log except the audit log is retained for the days of the settings, by default 30', () => {
  const daysIn = (of: Template) =>
    Object.values(of.findResources('AWS::Logs::LogGroup')).map(({ Properties }) => Properties.RetentionInDays)
  expect(daysIn(template).filter((each) => each !== 30)).toEqual([365])
  const other = Template.fromStack(exampleStack(undefined, { ...portalProps(), logDays: 90 }))
  expect(daysIn(other).filter((each) => each !== 90)).toEqual([365])
  expect(deploymentSettings.parse(settingsIn()).logDays).toBe(30)
})

test('the functions know every environment variable that the stack sets', () => {
  const known = new Set<string>([...settingNames, 'NODE_OPTIONS', 'POWERTOOLS_SERVICE_NAME'])
  const names = functions.flatMap(({ Properties }) => Object.keys(Properties.Environment.Variables))
  expect(names.filter((name) => !known.has(name))).toEqual([])
})

test('the settings limit the requests of all callers, by default to 50 a second with a burst of 100', () => {
  const { limits } = deploymentSettings.parse(settingsIn())
  for (const [requestsPerSecond, burst, given] of [
    [50, 100, limits] as const,
    [7, 9, { ...limits, requestsPerSecond: 7, burst: 9 }] as const,
  ]) {
    Template.fromStack(exampleStack(undefined, { limits: given })).hasResourceProperties('AWS::ApiGatewayV2::Stage', {
      DefaultRouteSettings: { ThrottlingRateLimit: requestsPerSecond, ThrottlingBurstLimit: burst },
    })
  }
})

test('the routes of agents have their own limits, which are never below those of the other routes', () => {
  for (const [requestsPerSecond, rate] of [
    [50, 200],
    [1000, 1000],
  ] as const) {
    const limits = { ...stackProps.limits, requestsPerSecond }
    const of = Template.fromStack(exampleStack(undefined, { limits }))
    const [stage] = Object.values(of.findResources('AWS::ApiGatewayV2::Stage'))
    const ofAgents = { ThrottlingRateLimit: rate, ThrottlingBurstLimit: 400 }
    const expected = agentRoutes.map(({ method, path }) => [`${method} ${path}`, ofAgents])
    expect(stage?.Properties.RouteSettings).toEqual(Object.fromEntries(expected))
    const keysOf = (id: string) => of.findResources('AWS::ApiGatewayV2::Route')[id]?.Properties.RouteKey
    expect(stage?.DependsOn.map(keysOf)).toEqual(expect.arrayContaining(Object.keys(stage?.Properties.RouteSettings)))
  }
})

test('the function that starts operations gets the limit of running operations for each caller, by default 20', () => {
  const { limits } = deploymentSettings.parse(settingsIn())
  const known = (of: Template) =>
    Object.values(of.findResources('AWS::Lambda::Function'))
      .map(({ Properties }) => Properties.Environment.Variables.RUNNING_PER_CALLER)
      .filter((most) => most !== undefined)
  const [usual, chosen] = [limits, { ...limits, runningPerCaller: 7 }].map((given) =>
    known(Template.fromStack(exampleStack(undefined, { limits: given }))),
  )
  expect([usual, chosen]).toEqual([['20'], ['7']])
})

test('the access log contains the caller and the route', () => {
  const [stage] = Object.values(template.findResources('AWS::ApiGatewayV2::Stage'))
  const format = JSON.parse(stage?.Properties.AccessLogSettings.Format)
  expect(format).toMatchObject({ caller: '$context.identity.userArn', route: '$context.routeKey' })
})

test('each token issuer has separate routes to the same functions', () => {
  const issuer = (host: string) => ({ issuer: `https://${host}.example.com`, audience: ['workload-identity'] })
  const issuers = { staff: issuer('login'), partners: issuer('partners') }
  const access = { ...stackProps.access, issuers }
  const other = Template.fromStack(exampleStack(undefined, { access }))
  for (const { issuer, audience } of Object.values(issuers)) {
    other.hasResourceProperties('AWS::ApiGatewayV2::Authorizer', {
      JwtConfiguration: { Issuer: issuer, Audience: audience },
      IdentitySource: ['$request.header.Authorization'],
    })
  }
  const all = Object.values(other.findResources('AWS::ApiGatewayV2::Route')).map(({ Properties }) => Properties)
  const [open, deployed] = [true, false].map((isOpen) =>
    all.filter(({ AuthorizationType }) => (AuthorizationType === 'NONE') === isOpen),
  )
  const ofAgents = agentRoutes.map(({ method, path }) => `${method} ${path}`)
  expect(open?.map(({ RouteKey }) => RouteKey)).toEqual(ofAgents)
  if (!deployed) throw new Error('there are no routes')
  expect(deployed).toHaveLength(3 * routes.length)
  for (const { method, path, operation } of routes) {
    const targets = ['', '/staff', '/partners'].map((prefix) => {
      const route = deployed.find(({ RouteKey }) => RouteKey === `${method} ${prefix}${path}`)
      expect(route?.AuthorizationType, operation).toBe(prefix === '' ? 'AWS_IAM' : 'JWT')
      return JSON.stringify(route?.Target)
    })
    expect(new Set(targets).size, operation).toBe(1)
  }
  const authorizers = new Set(deployed.map(({ AuthorizerId }) => JSON.stringify(AuthorizerId)))
  expect(authorizers.size).toBe(3)
  const gateway = { Principal: 'apigateway.amazonaws.com' }
  // One for each function instead of one for each route, because a stack has at most 500 resources.
  other.resourcePropertiesCountIs('AWS::Lambda::Permission', gateway, 4)
})

test('the functions of the API write to one audit log, which is retained for the days of the settings', () => {
  const other = Template.fromStack(exampleStack(undefined, { access: { ...stackProps.access, auditLogDays: 731 } }))
  const [[id, log] = []] = Object.entries(
    other.findResources('AWS::Logs::LogGroup', { Properties: { RetentionInDays: 731 } }),
  )
  expect(log).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' })
  const writers = Object.values(other.findResources('AWS::Lambda::Function')).filter(
    ({ Properties }) => Properties.LoggingConfig.LogGroup.Ref === id,
  )
  expect(writers).toHaveLength(3)
})

test('only the functions of the API have the access rules as a file beside their code', () => {
  const app = exampleApp()
  const resources = Template.fromStack(exampleStack(app)).findResources('AWS::Lambda::Function')
  const rules = Object.entries(resources).flatMap(([id, { Properties }]) => {
    const file = path.join(app.outdir, `asset.${Properties.Code.S3Key.replace('.zip', '')}`, 'access-rules.json')
    return existsSync(file) ? [[id.replace(/.{8}$/, ''), JSON.parse(readFileSync(file, 'utf8'))]] : []
  })
  const own = { grants: stackProps.access.grants, issuers: {}, policies: {} }
  expect(Object.fromEntries(rules)).toEqual({ ApiRead: own, ApiStart: own, ApiCancel: own })
})

test('the table has the keys and indexes of the record, point-in-time recovery and a time to live', () => {
  const { TableName: _, ...definition } = tableDefinition('any')
  template.hasResourceProperties('AWS::DynamoDB::Table', {
    ...definition,
    AttributeDefinitions: Match.arrayWith(definition.AttributeDefinitions),
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
  })
  template.hasResource('AWS::DynamoDB::Table', { DeletionPolicy: 'Retain' })
})

test('the copies of the record are private, encrypted and versioned, and remain when the stack is deleted', () => {
  template.hasResource('AWS::S3::Bucket', {
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
    Properties: {
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      VersioningConfiguration: { Status: 'Enabled' },
      LifecycleConfiguration: {
        Rules: [Match.objectLike({ NoncurrentVersionExpiration: { NoncurrentDays: 365 }, Status: 'Enabled' })],
      },
    },
  })
})

test('only the reconciler may write copies of the record, and it may write no other object of their bucket', () => {
  const writers = policiesWith('s3:PutObject').filter(({ resource }) =>
    JSON.stringify(resource).includes('RecordCopies'),
  )
  expect(writers.map(({ role }) => role).sort()).toEqual(['ReconcilerFunction'])
  for (const { resource } of writers) expect(JSON.stringify(resource)).toMatch(/"\/clusters\/\*\.json"/)
})

test('with settings.yaml and in any deployment without inlinePolicyActions, no function may write inline policies', () => {
  expect(deploymentSettings.parse(settingsIn()).inlinePolicyActions).toEqual([])
  const other = Template.fromStack(exampleStack(undefined, { inlinePolicyActions: [] }))
  expect([template, other].map((of) => rolesWith(of, 'iam:PutRolePolicy'))).toEqual([['CreateRole'], []])
})

test('the boundary is retained when the stack is deleted or replaces it, because roles still have it', () => {
  template.hasResource('AWS::IAM::ManagedPolicy', { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' })
})

test('every resource that the boundary matches by the start of its name has a name that begins with the name of the stack', () => {
  const named = {
    'AWS::CloudWatch::Alarm': 'AlarmName',
    'AWS::DynamoDB::Table': 'TableName',
    'AWS::Events::Rule': 'Name',
    'AWS::Lambda::Function': 'FunctionName',
    'AWS::S3::Bucket': 'BucketName',
    'AWS::SNS::Topic': 'TopicName',
    'AWS::SQS::Queue': 'QueueName',
    'AWS::Scheduler::Schedule': 'Name',
  }
  for (const [type, property] of Object.entries(named)) {
    const resources = Object.values(template.findResources(type))
    expect(resources, type).not.toEqual([])
    for (const { Properties } of resources) expect(Properties ?? {}, type).not.toHaveProperty(property)
  }
  const machines = Object.values(template.findResources('AWS::StepFunctions::StateMachine'))
  const names: string[] = machines.map(({ Properties }) => Properties.StateMachineName)
  expect(names.sort()).toEqual(workflowNames.map((name) => `WorkloadIdentity-${name}`).sort())
})

test('the names of the logs that services write begin with /aws/vendedlogs, and contain the name and the ID of the stack', () => {
  const groups = Object.entries(template.findResources('AWS::Logs::LogGroup')).flatMap(([id, { Properties }]) =>
    'LogGroupName' in Properties ? [{ id, name: Properties.LogGroupName }] : [],
  )
  const idOfStack = { 'Fn::Select': [2, { 'Fn::Split': ['/', { Ref: 'AWS::StackId' }] }] }
  expect(groups.map(({ name }) => name)).toEqual(
    expect.arrayContaining(
      ['apis/WorkloadIdentity-access', ...workflowNames.map((name) => `states/WorkloadIdentity-${name}`)].map(
        (name) => ({ 'Fn::Join': ['', [`/aws/vendedlogs/${name}-`, idOfStack]] }),
      ),
    ),
  )
  expect(groups).toHaveLength(workflowNames.length + 1)
  const destinations = JSON.stringify([
    template.findResources('AWS::StepFunctions::StateMachine'),
    template.findResources('AWS::ApiGatewayV2::Stage'),
  ])
  for (const { id } of groups) expect(destinations).toContain(`{"Fn::GetAtt":["${id}","Arn"]}`)
})

test('only the functions that connect to API servers run in the network of the deployment', () => {
  const network = { subnetIds: ['subnet-0a1b2c3d', 'subnet-0a1b2c3e'], securityGroupIds: ['sg-0a1b2c3f'] }
  const resources = Template.fromStack(exampleStack(undefined, { network })).findResources('AWS::Lambda::Function')
  const placed = Object.entries(resources).filter(([, { Properties }]) => Properties.VpcConfig !== undefined)
  const states = [...stepFunctions].filter(([, spec]) => 'reachesClusters' in spec)
  expect(placed.map(([id]) => id.replace(/.{8}$/, '')).sort()).toEqual(states.map(([state]) => state).sort())
  expect(states.length).toBeGreaterThan(8)
  for (const [, { Properties }] of placed) {
    expect(Properties.VpcConfig).toEqual({ SubnetIds: network.subnetIds, SecurityGroupIds: network.securityGroupIds })
  }
  for (const { Properties } of functions) expect(Properties).not.toHaveProperty('VpcConfig')
})

test('functions that leave the network keep the right of Lambda to delete their network interfaces', () => {
  const left = Template.fromStack(exampleStack(undefined, { network: { subnetIds: [], securityGroupIds: [] } }))
  const none = { SubnetIds: [], SecurityGroupIds: [] }
  const leaving = left.findResources('AWS::Lambda::Function', { Properties: { VpcConfig: none } })
  expect(Object.keys(leaving).length).toBeGreaterThan(8)
  for (const id of Object.keys(leaving)) {
    const actions = rightsIn(left)
      .get(id.replace(/.{8}$/, ''))
      ?.flatMap(({ Effect, Action }) => (Effect === 'Allow' ? Action : []))
    expect(actions).toContain('ec2:DeleteNetworkInterface')
  }
})

test('only the functions in the network get the variables of its proxy', () => {
  const proxy = { url: 'http://proxy.example.com:3128', noProxy: ['.corp.example.com', 'sts.eu-west-1.amazonaws.com'] }
  const network = { subnetIds: ['subnet-0a1b2c3d'], securityGroupIds: ['sg-0a1b2c3f'], proxy }
  const resources = Template.fromStack(exampleStack(undefined, { network })).findResources('AWS::Lambda::Function')
  for (const { Properties } of Object.values(resources)) {
    const { HTTPS_PROXY, NO_PROXY } = Properties.Environment.Variables
    expect({ HTTPS_PROXY, NO_PROXY }).toEqual(
      Properties.VpcConfig ? { HTTPS_PROXY: proxy.url, NO_PROXY: '.corp.example.com,sts.eu-west-1.amazonaws.com' } : {},
    )
  }
})

test('the functions of steps on clusters and of the API get the ranges of addresses that the administrator names', () => {
  const network = {
    subnetIds: ['subnet-0a1b2c3d'],
    securityGroupIds: ['sg-0a1b2c3f'],
    addressRanges: ['100.64.0.0/10'],
  }
  const resources = Template.fromStack(exampleStack(undefined, { network })).findResources('AWS::Lambda::Function')
  const ranges = Object.entries(resources).flatMap(([id, { Properties }]) =>
    Properties.VpcConfig || /^Api/.test(id) ? [Properties.Environment.Variables.ADDRESS_RANGES] : [],
  )
  expect(ranges.length).toBeGreaterThan(10)
  expect(new Set(ranges)).toEqual(new Set(['100.64.0.0/10']))
})

test('only functions for clusters and for issuer buckets read secrets, each only its own kind of secret', () => {
  const readers = policiesWith('secretsmanager:GetSecretValue')
  const onBuckets = ['CreateBucket', 'EmptyBucket']
  const onClusters = [...stepFunctions].flatMap(([state, spec]) => ('reachesClusters' in spec ? state : []))
  expect(readers.map(({ role }) => role).sort()).toEqual([...onClusters, ...onBuckets].sort())
  for (const { role, resource } of readers) {
    const secret = onBuckets.includes(role) ? 'google-credentials-??????' : '*/*'
    expect(JSON.stringify(resource)).toContain(`:secret:workload-identity/${secret}"`)
  }
})

test.each(workflowNames)('the workflow %s may only invoke versions of the functions of its own steps', (workflow) => {
  const own = [...new Set(lambdaTasksOf(definition(workflow)).map(([, state]) => functionOfStep(stepOfTask(state))))]
  const [right] = policiesWith('lambda:InvokeFunction').filter(({ role }) => role === `${pascalCase(workflow)}Workflow`)
  const versions = z
    .array(z.object({ 'Fn::Join': z.tuple([z.literal(''), z.tuple([attribute, z.literal(':*')])]) }))
    .parse([right?.resource].flat())
  const ids = versions.map(({ 'Fn::Join': [, [of]] }) => of['Fn::GetAtt'][0].replace(/.{8}$/, ''))
  expect(ids.sort()).toEqual(own.sort())
})

describe.each([
  {
    starts: 'Rotations',
    schedule: 'rate(6 hours)',
    action: 'lambda:InvokeFunction',
    target: (of: unknown) => ({ 'Fn::GetAtt': [of, 'Arn'] }),
    name: '^ScheduledRotation',
  },
  {
    starts: 'Drifts',
    schedule: 'rate(1 day)',
    action: 'states:StartExecution',
    target: (of: unknown) => ({ Ref: of }),
    name: '^DriftsWorkflow',
  },
])('the schedule of $starts', ({ starts, schedule, action, target, name }) => {
  test('starts them, sends failed calls to a dead-letter queue, and may do nothing else', () => {
    template.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: schedule,
      FlexibleTimeWindow: { Mode: 'FLEXIBLE' },
      Target: {
        Arn: target(Match.stringLikeRegexp(name)),
        DeadLetterConfig: { Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp(`^${starts}DeadLetters`), 'Arn'] } },
        Input: '{"scheduledTime":"<aws.scheduler.scheduled-time>","schedule":"<aws.scheduler.schedule-arn>"}',
      },
    })
    const allowed = rights.get(starts)?.map(({ Action, Resource }) => [Action, Resource])
    expect(allowed).toMatchObject([
      [[action], target(expect.stringMatching(name))],
      [['sqs:SendMessage'], { 'Fn::GetAtt': [expect.stringMatching(`^${starts}DeadLetters`), 'Arn'] }],
    ])
  })
})

test('a scheduled call in which the function of rotations fails goes to the dead-letter queue of the schedule', () => {
  template.resourceCountIs('AWS::Lambda::EventInvokeConfig', 1)
  template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
    FunctionName: { Ref: Match.stringLikeRegexp('^ScheduledRotation') },
    Qualifier: '$LATEST',
    DestinationConfig: {
      OnFailure: { Destination: { 'Fn::GetAtt': [Match.stringLikeRegexp('^RotationsDeadLetters'), 'Arn'] } },
    },
  })
  // Lambda checks whether the role may send when the destination is set.
  const senders = policiesWith('sqs:SendMessage').filter(({ role }) => role === 'ScheduledRotation')
  expect(senders).toMatchObject([
    { resource: { 'Fn::GetAtt': [expect.stringMatching('^RotationsDeadLetters'), 'Arn'] } },
  ])
})

test('only the schedules and the function of scheduled rotations may send to dead-letter queues', () => {
  expect(rolesWith(template, 'sqs:SendMessage')).toEqual(['Drifts', 'Rotations', 'ScheduledRotation'])
})

test('without schedules only the API starts rotations and drifts', () => {
  const off = { rotationSchedule: 'off', driftSchedule: 'off' }
  const other = Template.fromStack(exampleStack(undefined, off))
  // The schedule of the reconciler.
  other.resourceCountIs('AWS::Scheduler::Schedule', 1)
  other.resourceCountIs('AWS::SQS::Queue', 0)
  expect(Object.keys(other.findResources('AWS::Lambda::Function'))).toHaveLength(bundled - 1)
})

test.each(['6 hours', 'rate(6 hours', 'never', '', 'at(2026-11-25T00:00:00)'])(
  '%j is refused as a schedule',
  (rotationSchedule) => {
    const settings = {
      secretPrefix: 'workload-identity',
      rolePath: '/x/',
      allowedPolicyArns: [],
      access: stackProps.access,
      webhookTimeoutSeconds: 60,
    }
    expect(deploymentSettings.parse(settings)).toMatchObject({
      rotationSchedule: 'rate(6 hours)',
      driftSchedule: 'rate(1 day)',
    })
    for (const wrong of [{ rotationSchedule }, { driftSchedule: rotationSchedule }]) {
      expect(() => deploymentSettings.parse({ ...settings, ...wrong })).toThrow('is not off or an expression such as')
    }
  },
)

describe('the rule that calls the reconciler', () => {
  const toReconciler = Match.objectLike({
    Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^ReconcilerFunction'), 'Arn'] },
  })
  const [rule] = Object.values(template.findResources('AWS::Events::Rule', { Properties: { Targets: [toReconciler] } }))
  const names = Object.values(template.findResources('AWS::StepFunctions::StateMachine')).map(
    ({ Properties }) => Properties.StateMachineName,
  )
  const arnOf = (name: string) => `arn:aws:states:eu-west-1:123456789012:stateMachine:${name}`
  const [ofOperations, others] = [new Set<string>(Object.values(workflows)), [...startedMachines, driftsMachine]]
  const machines = names.filter((name) => ofOperations.has(name.replace('WorkloadIdentity-', ''))).map(arnOf)
  const pattern: unknown = JSON.parse(JSON.stringify(rule?.Properties.EventPattern), (_, value) =>
    value?.Ref === 'AWS::Partition' ? 'aws' : (value?.['Fn::Join']?.[1].join('') ?? value),
  )
  const isMatched = (status: string) => (stateMachineArn: string) =>
    matches(pattern, executionEvent({ stateMachineArn, name: 'an-operation', status }))

  test.each(['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'])('matches the event of each that is %s', (status) => {
    expect(machines.length).toBeGreaterThan(0)
    expect(machines.filter(isMatched(status))).toEqual(machines)
    const notOfOperations = [...others.map((name) => `WorkloadIdentity-${name}`), 'of-another-stack'].map(arnOf)
    expect(notOfOperations.filter(isMatched(status))).toEqual([])
  })

  test('does not match the event of one that has started', () => {
    expect(machines.filter(isMatched('RUNNING'))).toEqual([])
  })
})

/** Matches like EventBridge, for patterns of exact values: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html */
function matches(pattern: unknown, event: unknown): boolean {
  if (Array.isArray(pattern)) return pattern.includes(event)
  return Object.entries(Object(pattern)).every(([key, part]) => matches(part, Object(event)[key]))
}

test.each(['Starts rotations', 'Starts drifts', 'Calls the reconciler'])(
  'only schedules of this account in the default group may assume the role with the description: %s',
  (Description) => {
    const rest = ':scheduler:eu-west-1:123456789012:schedule-group/default'
    const group = { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, rest]] }
    template.hasResourceProperties('AWS::IAM::Role', {
      Description,
      AssumeRolePolicyDocument: {
        Statement: [
          {
            Action: 'sts:AssumeRole',
            Condition: { StringEquals: { 'aws:SourceAccount': '123456789012', 'aws:SourceArn': group } },
            Effect: 'Allow',
            Principal: { Service: 'scheduler.amazonaws.com' },
          },
        ],
      },
    })
  },
)

test('the schedule of the reconciler calls it every minute, and may call nothing else', () => {
  const reconcilerArn = { 'Fn::GetAtt': [Match.stringLikeRegexp('^ReconcilerFunction'), 'Arn'] }
  template.hasResourceProperties('AWS::Scheduler::Schedule', {
    ScheduleExpression: 'rate(1 minute)',
    FlexibleTimeWindow: { Mode: 'OFF' },
    Target: { Arn: reconcilerArn },
  })
  const allowed = rights.get('Reconciler')?.map(({ Action, Resource }) => [Action, Resource])
  expect(allowed).toMatchObject([
    [['lambda:InvokeFunction'], { 'Fn::GetAtt': [expect.stringMatching('^ReconcilerFunction'), 'Arn'] }],
  ])
})

test('the function that answers all GET requests may not write, start or stop anything', () => {
  const ofRead = routes.filter(({ operation }) => functionOf(operation) === 'read')
  const gets = routes.filter(({ method }) => method === 'GET')
  expect(ofRead).toEqual(expect.arrayContaining(gets))
  expect(ofRead.filter(({ method }) => method !== 'GET').map(({ operation }) => operation)).toEqual(['compute-rights'])
  const allowed = rights.get('ApiRead')?.flatMap(({ Action }) => Action)
  const ofAll = ['logs:CreateLogStream', 'logs:PutLogEvents', 'xray:PutTelemetryRecords', 'xray:PutTraceSegments']
  expect(new Set(allowed)).toEqual(new Set(['dynamodb:BatchGetItem', 'dynamodb:Query', ...ofAll]))
})

/** The state machine that each workflow starts for its batches. If the workflow is stopped, these executions are stopped, too. */
const startedBy = new Map([
  ['CompareWorkflow', 'Batch'],
  ['DriftsWorkflow', 'Clusters'],
  ['RotateThumbprintsWorkflow', 'Clusters'],
  ['SetupWorkflow', 'Batch'],
  ['TeardownWorkflow', 'Batch'],
  ['VerifyWorkflow', 'Batch'],
])

test('of the functions only the one that cancels operations may stop executions, and it may start none', () => {
  expect(rolesWith(template, 'states:StopExecution')).toEqual(['ApiCancel', ...startedBy.keys()])
  const others = [
    'ApiStart',
    'BeginVerification',
    'CompareCluster',
    'Drifts',
    'ReconcilerFunction',
    'ScheduledRotation',
  ]
  expect(rolesWith(template, 'states:StartExecution')).toEqual([...others, ...startedBy.keys()].sort())
})

const everyWorkflow = [...new Set(Object.values(workflows))].sort()

/** The workflows whose operations hold a lock. A function that finds the lock of another operation reads its execution. */
const locking = ['rotate-thumbprints', 'setup', 'signing-keys', 'teardown']

test.each([
  // It reads whether the execution that it stops has ended before.
  ['ApiCancel', 'states:DescribeExecution', everyWorkflow],
  ['ApiCancel', 'states:StopExecution', everyWorkflow],
  ['ReconcilerFunction', 'states:DescribeExecution', everyWorkflow],
  ['ApiStart', 'states:DescribeExecution', locking],
  [functionOfStep('AcquireLock'), 'states:DescribeExecution', locking],
  ['ScheduledRotation', 'states:DescribeExecution', ['rotate-thumbprints']],
])('%s may call %s on the executions of each workflow that it may find: %j', (role, action, expected) => {
  const resources = policiesWith(action).filter((right) => right.role === role)
  const named = JSON.stringify(resources).matchAll(/:execution:WorkloadIdentity-([a-z-]+):/g)
  expect([...named].map(([, workflow]) => workflow).sort()).toEqual(expected)
})

test('the steps over all clusters may start only drifts and verifications', () => {
  const of = (state: string) =>
    JSON.stringify(policiesWith('states:StartExecution').filter(({ role }) => role === state))
  expect(of('BeginVerification')).toContain(`:stateMachine:WorkloadIdentity-${workflows.verification}"`)
  expect(of('CompareCluster')).toContain(`:stateMachine:WorkloadIdentity-${workflows.drift}"`)
})

test('workflows may start, read and stop only the executions of their own batches', () => {
  const of = (action: string) => policiesWith(action).filter(({ role }) => role.endsWith('Workflow'))
  const executions = (machine: string) => `:execution:WorkloadIdentity-${machine.toLowerCase()}:*"`
  const rule = () => ':rule/StepFunctionsGetEventsForStepFunctionsExecutionRule"'
  for (const { role, resource } of of('states:StartExecution')) {
    expect(resource, role).toEqual({ Ref: expect.stringMatching(`^${startedBy.get(role)}Workflow`) })
  }
  for (const [action, ending] of [
    ['states:StartExecution', () => 'Workflow'],
    ['states:DescribeExecution', executions],
    ['states:StopExecution', executions],
    ['events:PutTargets', rule],
    ['events:PutRule', rule],
    ['events:DescribeRule', rule],
  ] as const) {
    const rights = of(action)
    expect(rights.map(({ role }) => role).sort(), action).toEqual([...startedBy.keys()])
    for (const { role, resource } of rights) {
      expect(JSON.stringify(resource), `${action} of ${role}`).toContain(ending(startedBy.get(role) ?? ''))
    }
  }
})

test('only the reconciler and the steps that renew credentials or publish keys may publish notifications', () => {
  expect(rolesWith(template, 'sns:Publish')).toEqual(['PublishDiscovery', 'ReconcilerFunction', 'RenewCredentials'])
})

test('the handler of the reconciler is in the folder of operations', () => {
  expect(reconciler.entry).toBe('lambdas/operations/reconcile/reconciler.ts')
})

/** The resource of each statement with the action, with the name of its role. */
function policiesWith(action: string): { role: string; resource: unknown }[] {
  return [...rights].flatMap(([role, statements]) =>
    statements.filter(({ Action }) => Action.includes(action)).map(({ Resource }) => ({ role, resource: Resource })),
  )
}
