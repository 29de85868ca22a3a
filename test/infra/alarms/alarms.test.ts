import { globSync, readFileSync } from 'node:fs'
import { Match, Template } from 'aws-cdk-lib/assertions'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { workflows } from '../../../infra/workflows.ts'
import { metricsNamespace, metricUnits } from '../../../lambdas/metrics.ts'
import { anchors } from '../../docs/support.ts'
import { exampleStack } from '../../support/aws/stack.ts'
import { documentedMetrics } from '../support/documented-metrics.ts'

const metric = z.object({ Namespace: z.string(), MetricName: z.string() })

const alarm = z.object({
  AlarmDescription: z.string(),
  AlarmActions: z.array(z.object({ Ref: z.string() })),
  ComparisonOperator: z.string(),
  Threshold: z.number(),
  EvaluationPeriods: z.number(),
  DatapointsToAlarm: z.number().optional(),
  TreatMissingData: z.string(),
  Statistic: z.string().optional(),
  Period: z.number().optional(),
  ...metric.partial().shape,
  Metrics: z
    .array(z.object({ Expression: z.string().optional(), MetricStat: z.object({ Metric: metric }).optional() }))
    .optional(),
})

const template = Template.fromStack(exampleStack())
const alarms = alarmsOf(template)

function alarmsOf(of: Template): ReadonlyMap<string, z.infer<typeof alarm>> {
  const resources = Object.entries(of.findResources('AWS::CloudWatch::Alarm'))
  return new Map(resources.map(([id, { Properties }]) => [nameOf(id), alarm.parse(Properties)]))
}

/** Without what the CDK puts around it. */
function nameOf(logicalId: string): string {
  return logicalId.replace(/^Alarms/, '').replace(/.{8}$/, '')
}

function metricsOf({ Metrics = [], ...one }: z.infer<typeof alarm>): z.infer<typeof metric>[] {
  const single = metric.safeParse(one).data
  return [...(single ? [single] : []), ...Metrics.flatMap(({ MetricStat }) => MetricStat?.Metric ?? [])]
}

test('there is an alarm for each of what a person has to look at', () => {
  expect([...alarms.keys()].sort()).toEqual([
    'AccessDenied',
    'CertificateEnds',
    'DeadLetters',
    'DriftDeadLetters',
    'DriftMissed',
    'Failed',
    'FunctionErrors',
    'ReconcilerFails',
    'RotationMissed',
    'SecurityDrift',
    'Stuck',
    'Throttled',
    'TimedOut',
  ])
})

test.each([...alarms])('the alarm %s says where its runbook is, which is there', (_, { AlarmDescription }) => {
  const { page = '', heading } =
    /^[A-Z].*\. What to do: (?<page>docs\/on-call\.md)#(?<heading>[a-z0-9-]+)$/.exec(AlarmDescription)?.groups ?? {}
  expect(page, AlarmDescription).toBe('docs/on-call.md')
  expect(anchors(page)).toContain(heading)
})

test.each([...alarms])('each metric of the alarm %s is sent by AWS or by a function', (_, properties) => {
  const metrics = metricsOf(properties)
  expect(metrics).not.toEqual([])
  for (const { Namespace, MetricName } of metrics) {
    const sent = Namespace === metricsNamespace ? Object.keys(metricUnits) : documentedMetrics[Namespace]?.names
    expect(sent, Namespace).toContain(MetricName)
  }
  // https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-data-queries.html
  expect(metrics.length).toBeLessThanOrEqual(10)
})

test.each(Object.keys(metricUnits))('a function publishes %s', (name) => {
  const sources = globSync('lambdas/*/**/*.ts').map((file) => readFileSync(file, 'utf8'))
  expect(sources.some((source) => source.includes(`publishMetric('${name}'`))).toBe(true)
})

test('the workflows of all operations, and that of scheduled drifts, count for what has failed, has run out of time, and is throttled', () => {
  for (const [name, counted] of [
    ['Failed', 'ExecutionsFailed'],
    ['TimedOut', 'ExecutionsTimedOut'],
    ['Throttled', 'ExecutionThrottled'],
  ] as const) {
    const all = alarms.get(name)
    expect(all?.Metrics?.flatMap(({ Expression }) => Expression ?? [])).toEqual(['SUM(FILL(METRICS(), 0))'])
    const names = all && metricsOf(all).map(({ MetricName }) => MetricName)
    expect(names?.filter((each) => each === counted)).toHaveLength(new Set(Object.values(workflows)).size + 1)
  }
})

test('a value that comes late is seen: one of the three newest is enough', () => {
  for (const name of ['Failed', 'TimedOut', 'Throttled', 'FunctionErrors', 'AccessDenied', 'Stuck', 'SecurityDrift']) {
    expect(alarms.get(name), name).toMatchObject({
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      EvaluationPeriods: 3,
      DatapointsToAlarm: 1,
      TreatMissingData: 'notBreaching',
    })
  }
})

test('a certificate with less than 30 days is reported until a rotation finds a newer one', () => {
  expect(alarms.get('CertificateEnds')).toMatchObject({
    MetricName: 'CertificateDays',
    Statistic: 'Minimum',
    Threshold: 30,
    ComparisonOperator: 'LessThanThreshold',
    TreatMissingData: 'ignore',
  })
})

test('a rotation is missed when none has started for two intervals of the schedule', () => {
  expect(alarms.get('RotationMissed')).toMatchObject({
    MetricName: 'ExecutionsStarted',
    Threshold: 1,
    ComparisonOperator: 'LessThanThreshold',
    Period: 3600,
    EvaluationPeriods: 12,
    DatapointsToAlarm: 12,
    TreatMissingData: 'breaching',
  })
})

test('the function that settles operations fails when it has not seen those that are open for a quarter of an hour, or was not called', () => {
  expect(alarms.get('ReconcilerFails')).toMatchObject({
    MetricName: 'OperationsStuck',
    Statistic: 'SampleCount',
    Threshold: 1,
    ComparisonOperator: 'LessThanThreshold',
    EvaluationPeriods: 3,
    DatapointsToAlarm: 3,
    TreatMissingData: 'breaching',
  })
})

test('without a schedule no rotation is missed', () => {
  const others = alarmsOf(Template.fromStack(exampleStack(undefined, { rotationSchedule: 'off' })))
  expect([...alarms.keys()].filter((name) => !others.has(name)).sort()).toEqual(['DeadLetters', 'RotationMissed'])
})

test('a drift is missed when the schedule has started none for two intervals, also while there are no clusters', () => {
  expect(alarms.get('DriftMissed')).toMatchObject({
    MetricName: 'ExecutionsStarted',
    Period: 3600,
    EvaluationPeriods: 48,
    DatapointsToAlarm: 48,
    TreatMissingData: 'breaching',
  })
})

test('without a schedule no drift is missed, and none finds anything', () => {
  const others = alarmsOf(Template.fromStack(exampleStack(undefined, { driftSchedule: 'off' })))
  const missing = [...alarms.keys()].filter((name) => !others.has(name))
  expect(missing.sort()).toEqual(['DriftDeadLetters', 'DriftMissed', 'SecurityDrift'])
})

test('the subscribers of the notifications are told of each alarm, and nothing else of CloudWatch may publish there', () => {
  const [topic = ''] = Object.keys(template.findResources('AWS::SNS::Topic'))
  for (const { AlarmActions } of alarms.values()) expect(AlarmActions).toEqual([{ Ref: topic }])
  const ids = Object.keys(template.findResources('AWS::CloudWatch::Alarm'))
  template.hasResourceProperties('AWS::SNS::TopicPolicy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({
          Action: 'sns:Publish',
          Condition: { ArnEquals: { 'aws:SourceArn': ids.map((id) => ({ 'Fn::GetAtt': [id, 'Arn'] })) } },
          Effect: 'Allow',
          Principal: { Service: 'cloudwatch.amazonaws.com' },
          Resource: { Ref: topic },
        }),
      ]),
    },
  })
})

test('each address of the settings is subscribed to the notifications', () => {
  const notifications = { emails: ['platform@example.com', 'on-call@example.com'] }
  const other = Template.fromStack(exampleStack(undefined, { notifications }))
  for (const Endpoint of notifications.emails) {
    other.hasResourceProperties('AWS::SNS::Subscription', { Protocol: 'email', Endpoint })
  }
  template.resourceCountIs('AWS::SNS::Subscription', 0)
})
