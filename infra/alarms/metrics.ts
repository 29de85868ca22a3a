/** Metrics for alarms and the dashboard: the metrics of lambdas/metrics.ts, and sums of AWS metrics. */
import { Duration, Stack } from 'aws-cdk-lib'
import { type IMetric, MathExpression, Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch'
import type { Construct } from 'constructs'
import { type MetricName, metricsNamespace } from '../../lambdas/metrics.ts'

/** The period of one value of a metric. */
export const period = Duration.minutes(5)

/** A metric that the functions of the stack publish. */
export function ownMetric(scope: Construct, name: MetricName, { dimensionsMap, ...options }: MetricOptions): Metric {
  return new Metric({
    namespace: metricsNamespace,
    metricName: name,
    dimensionsMap: { service: Stack.of(scope).stackName, ...dimensionsMap },
    period,
    ...options,
  })
}

/**
 * The sum of some metrics. A metric without a value counts as 0, because most services send no zeros. A value may
 * arrive some minutes late, so an alarm on the sum must evaluate several periods:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 */
export function sumOf(label: string, metrics: readonly IMetric[]): MathExpression {
  const usingMetrics = Object.fromEntries(metrics.map((metric, index) => [`m${index}`, metric]))
  return new MathExpression({ expression: 'SUM(FILL(METRICS(), 0))', usingMetrics, label, period })
}
