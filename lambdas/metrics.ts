/**
 * The metrics for alarms and the dashboard. A metric is a log line in CloudWatch's embedded metric format, which costs
 * no call:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics'

export const metricsNamespace = 'WorkloadIdentity'

/** The unit of each metric. infra/alarms/metrics.ts names no other metrics. */
export const metricUnits = {
  /** One for each attempt of a step, and each API request, that failed because a cloud denied an action. */
  AccessDenied: MetricUnit.Count,
  /** Days until the recorded certificate of a webhook expires, published when a rotation begins with the cluster. */
  CertificateDays: MetricUnit.Count,
  /** Differences by `severity`, after a scheduled drift has compared a cluster. */
  DriftDifferences: MetricUnit.Count,
  /** Time from the request of an operation to its end, by `kind` and `status`. */
  OperationDuration: MetricUnit.Milliseconds,
  /** The longest wait of a step in an operation, by `kind`. Not published when no step waited. */
  OperationWaiting: MetricUnit.Milliseconds,
  /** Unfinished operations that make no progress. Published when the reconciler has read all unfinished operations. */
  OperationsStuck: MetricUnit.Count,
} as const

export type MetricName = keyof typeof metricUnits

/** The dimension `service` of each metric is the stack: Powertools takes it from POWERTOOLS_SERVICE_NAME. */
const metrics = new Metrics({ namespace: metricsNamespace })

interface Attributes {
  /** The dimensions of the values in CloudWatch, which charges for each combination. */
  readonly dimensions?: Readonly<Record<string, string>>
  /** Additional properties of the log line: names and ids, such as `operationId`. */
  readonly about?: Readonly<Record<string, string | undefined>>
}

export function publishMetric(name: MetricName, value: number, { dimensions = {}, about = {} }: Attributes = {}): void {
  const metric = metrics.singleMetric()
  for (const [dimension, text] of Object.entries(dimensions)) metric.addDimension(dimension, text)
  for (const [key, text] of Object.entries(about)) if (text !== undefined) metric.addMetadata(key, text)
  metric.addMetric(name, metricUnits[name], value)
}
