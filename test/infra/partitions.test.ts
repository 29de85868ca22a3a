import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { Template } from 'aws-cdk-lib/assertions'
import { expect, it } from 'vitest'
import * as z from 'zod'
import { settingsIn } from '../../infra/settings/settings-file.ts'
import { keysIn } from '../support/aws/kms-keys.ts'
import { exampleApp, exampleStack, stackProps } from '../support/aws/stack.ts'

const root = path.join(import.meta.dirname, '../..')
const cdkJson = z.object({ context: z.record(z.string(), z.unknown()) })
const { context } = cdkJson.parse(JSON.parse(readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8')))

it.each([
  ['aws', 'eu-west-1'],
  ['aws-cn', 'cn-north-1'],
  ['aws-us-gov', 'us-gov-west-1'],
])('in the partition %s no ARN of the template has another partition', (partition, region) => {
  const env = { account: stackProps.env.account, region }
  const allowedPolicyArns = [`arn:${partition}:iam::aws:policy/AmazonS3ReadOnlyAccess`]
  const { '@aws-cdk/core:enablePartitionLiterals': literal } = context
  const app = exampleApp({ '@aws-cdk/core:enablePartitionLiterals': literal })
  const kmsKeys = keysIn(partition, region)
  const template = JSON.stringify(Template.fromStack(exampleStack(app, { env, allowedPolicyArns, kmsKeys })).toJSON())
  const partitions = [...template.matchAll(/\barn:([a-z-]+):/g)].map(([, name]) => name)
  expect(partitions.length).toBeGreaterThan(100)
  expect([...new Set(partitions)]).toEqual([partition])
  // https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
  const services = [...template.matchAll(/"kms:ViaService":"([^"]+)"/g)].map(([, name]) => name)
  expect([...new Set(services)].toSorted()).toEqual(
    ['dynamodb', 'logs', 'secretsmanager', 'sns'].map((service) => `${service}.${region}.amazonaws.com`),
  )
})

it('in China functions send no traces, alarms use no metric of asynchronous calls, and event source mappings have no tags', () => {
  const [inChina = {}, elsewhere = {}] = ['cn-north-1', 'us-gov-west-1'].map((region) => resourcesIn(region))
  for (const lacking of ['TracingConfig', 'xray:PutTraceSegments', 'AsyncEventsDropped']) {
    expect(JSON.stringify(ofLambda(elsewhere)), lacking).toContain(lacking)
    expect(JSON.stringify(ofLambda(inChina)), lacking).not.toContain(lacking)
  }
  const mappings = [inChina, elsewhere].map((all) => ofTypes(all, ['AWS::Lambda::EventSourceMapping']))
  expect(mappings.map(([mapping]) => mapping?.Properties.Tags)).toEqual([
    undefined,
    [{ Key: 'team', Value: 'platform' }],
  ])
})

it('in China the alarm of functions that events call counts their errors', () => {
  const alarms = ofTypes(resourcesIn('cn-northwest-1'), ['AWS::CloudWatch::Alarm'])
  const alarm = alarms.find(({ Properties }) =>
    String(Properties.AlarmDescription).includes('that is invoked by events has failed'),
  )
  expect(JSON.stringify(alarm?.Properties.Metrics)).toContain('"MetricName":"Errors","Namespace":"AWS/Lambda"')
})

it('the CDK app synthesizes the template for the region of the CDK command line', async () => {
  const outdir = mkdtempSync(path.join(tmpdir(), 'workload-identity-region-'))
  const env = {
    ...process.env,
    CDK_OUTDIR: outdir,
    CDK_DEFAULT_REGION: 'cn-north-1',
    CDK_CONTEXT_JSON: settingsForChina(outdir),
  }
  await promisify(execFile)(process.execPath, ['infra/app.ts'], { cwd: root, env })
  const { Resources } = JSON.parse(readFileSync(path.join(outdir, 'WorkloadIdentity.template.json'), 'utf8'))
  expect(ofTypes(Resources, ['AWS::Lambda::Function']).filter(({ Properties }) => Properties.TracingConfig)).toEqual([])
  rmSync(outdir, { recursive: true })
}, 120_000)

type AnyResource = { readonly Type: string; readonly Properties: Readonly<Record<string, unknown>> }
type AnyResources = Readonly<Record<string, AnyResource>>

/** The resources of a deployment with an event bus and tags. */
function resourcesIn(region: string): AnyResources {
  const env = { account: stackProps.env.account, region }
  const notifications = { emails: [], eventBus: 'default' }
  const stack = exampleStack(exampleApp(), { env, notifications, tags: { team: 'platform' } })
  return Template.fromStack(stack).toJSON().Resources
}

function ofTypes(resources: AnyResources, types: readonly string[]): AnyResource[] {
  return Object.values(resources).filter(({ Type }) => types.includes(Type))
}

/** The functions, their roles, and the alarms. The roles of state machines are left out: Step Functions sends traces in China. */
function ofLambda(resources: AnyResources): AnyResource[] {
  const roles = ofTypes(resources, ['AWS::IAM::Role']).filter(({ Properties }) =>
    JSON.stringify(Properties.AssumeRolePolicyDocument).includes('lambda.amazonaws.com'),
  )
  return [...roles, ...ofTypes(resources, ['AWS::Lambda::Function', 'AWS::CloudWatch::Alarm'])]
}

/** The context of an app whose settings contain only ARNs of the partition of China. */
function settingsForChina(folder: string): string {
  const settings = path.join(folder, 'china.yaml')
  writeFileSync(settings, JSON.stringify({ ...settingsIn(), allowedPolicyArns: ['arn:aws-cn:iam::aws:policy/A'] }))
  return JSON.stringify({ settings })
}
