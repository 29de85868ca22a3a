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

/** The logical ID without the prefix and the hash that CDK adds. */
function nameOf(logicalId: string): string {
  return logicalId.replace(/^Alarms/, '').replace(/.{8}$/, '')
}

function metricsOf({ Metrics = [], ...one }: z.infer<typeof alarm>): z.infer<typeof metric>[] {
  const single = metric.safeParse(one).data
  return [...(single ? [single] : []), ...Metrics.flatMap(({ MetricStat }) => MetricStat?.Metric ?? [])]
}

test('the template has these alarms', () => {
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

test.each([...alarms])('the alarm %s links to an existing section of the runbook', (_, { AlarmDescription }) => {
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

test('the alarms on failed, timed-out and throttled executions count all operation workflows and the one of scheduled drifts', () => {
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

test('one of the three newest data points is enough for an alarm, so that a late value still counts', () => {
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

test('the alarm on a certificate that expires within 30 days lasts until a rotation finds a newer certificate', () => {
  expect(alarms.get('CertificateEnds')).toMatchObject({
    MetricName: 'CertificateDays',
    Statistic: 'Minimum',
    Threshold: 30,
    ComparisonOperator: 'LessThanThreshold',
    TreatMissingData: 'ignore',
  })
})

test('an alarm reports a missed rotation when none has started for two intervals of the schedule', () => {
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

test('an alarm reports a reconciler that has not read the open operations for 15 minutes', () => {
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

test('a deployment without a rotation schedule has no alarms on missed rotations', () => {
  const others = alarmsOf(Template.fromStack(exampleStack(undefined, { rotationSchedule: 'off' })))
  expect([...alarms.keys()].filter((name) => !others.has(name)).sort()).toEqual(['DeadLetters', 'RotationMissed'])
})

test('an alarm reports a missed drift when none has started for two intervals of the schedule, even without clusters', () => {
  expect(alarms.get('DriftMissed')).toMatchObject({
    MetricName: 'ExecutionsStarted',
    Period: 3600,
    EvaluationPeriods: 48,
    DatapointsToAlarm: 48,
    TreatMissingData: 'breaching',
  })
})

test('a deployment without a drift schedule has no alarms on drifts', () => {
  const others = alarmsOf(Template.fromStack(exampleStack(undefined, { driftSchedule: 'off' })))
  const missing = [...alarms.keys()].filter((name) => !others.has(name))
  expect(missing.sort()).toEqual(['DriftDeadLetters', 'DriftMissed', 'SecurityDrift'])
})

test('each alarm notifies the subscribers of the topic, and CloudWatch may publish there for these alarms alone', () => {
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
