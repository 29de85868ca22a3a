/** What alarms and the dashboard show: the metrics of lambdas/metrics.ts, and sums of those of AWS's services. */
import { Duration, Stack } from 'aws-cdk-lib'
import { type IMetric, MathExpression, Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch'
import type { Construct } from 'constructs'
import { type MetricName, metricsNamespace } from '../../lambdas/metrics.ts'

/** How long one value of a metric stands for. */
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
 * The sum of some metrics. A metric without a value counts as 0: most services send no zeros. A value may arrive some minutes
 * late. So an alarm on it has to look at several periods:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 */
export function sumOf(label: string, metrics: readonly IMetric[]): MathExpression {
  const usingMetrics = Object.fromEntries(metrics.map((metric, index) => [`m${index}`, metric]))
  return new MathExpression({ expression: 'SUM(FILL(METRICS(), 0))', usingMetrics, label, period })
}
