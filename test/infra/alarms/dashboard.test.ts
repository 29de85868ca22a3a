import { Stack } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { metricsNamespace, metricUnits } from '../../../lambdas/metrics.ts'
import { operationKinds } from '../../../lambdas/operations/record/kinds.ts'
import { exampleStack } from '../../support/aws/stack.ts'
import { workflowNames } from '../../support/workflows/definitions.ts'
import { documentedMetrics } from '../support/documented-metrics.ts'

const widget = z.object({
  width: z.number(),
  height: z.number(),
  properties: z.object({
    title: z.string(),
    metrics: z.array(z.array(z.unknown())).default([]),
    alarms: z.array(z.string()).default([]),
  }),
})

const stack = exampleStack()
const template = Template.fromStack(stack)
const [dashboard] = Object.values(template.findResources('AWS::CloudWatch::Dashboard'))
const { widgets } = z.object({ widgets: z.array(widget) }).parse(JSON.parse(bodyOf(dashboard)))
const metricsOf = (title: string) => widgets.find(({ properties }) => properties.title === title)?.properties.metrics

/** The body with the text `reference` in place of each reference. */
function bodyOf(resource: Record<string, unknown> | undefined): string {
  const joined = z.object({
    Properties: z.object({ DashboardBody: z.object({ 'Fn::Join': z.tuple([z.literal(''), z.array(z.unknown())]) }) }),
  })
  const [, parts] = joined.parse(resource).Properties.DashboardBody['Fn::Join']
  return parts.map((part) => (typeof part === 'string' ? part : 'reference')).join('')
}

test('the dashboard shows every alarm', () => {
  const alarms = Object.keys(template.findResources('AWS::CloudWatch::Alarm'))
  expect(widgets.flatMap(({ properties }) => properties.alarms)).toHaveLength(alarms.length)
})

test('the dashboard shows ended operations by kind, and started executions by workflow', () => {
  const labels = (title: string) => metricsOf(title)?.map((metric) => metric.at(-1))
  expect(labels('Started, by workflow')).toHaveLength(workflowNames.length)
  for (const title of ['Succeeded, by kind', 'Failed, by kind', 'Longest wait of a step, 90 of 100']) {
    expect(labels(title)).toMatchObject(operationKinds.map((label) => ({ label })))
  }
})

test('each metric of the dashboard is sent by AWS or by a function', () => {
  const named = widgets
    .flatMap(({ properties }) => properties.metrics)
    .filter((metric): metric is [string, string] => typeof metric[0] === 'string')
  expect(named.length).toBeGreaterThan(40)
  for (const [namespace, name] of named) {
    const sent = namespace === metricsNamespace ? Object.keys(metricUnits) : documentedMetrics[namespace]?.names
    expect(sent, namespace).toContain(name)
  }
})

test('the dashboard shows the errors of the functions of this stack', () => {
  expect(metricsOf('Errors of functions')).toMatchObject([
    [
      {
        expression: `SEARCH('{AWS/Lambda,FunctionName} MetricName="Errors" FunctionName=${Stack.of(stack).stackName}', 'Sum', 300)`,
      },
    ],
  ])
})
