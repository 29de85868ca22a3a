/**
 * What the functions count and measure for alarms and the dashboard. A metric is a line of the log in CloudWatch's embedded
 * metric format, which costs no call:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics'

export const metricsNamespace = 'WorkloadIdentity'

/** Each metric, with its unit. infra/alarms/metrics.ts names no others. */
export const metricUnits = {
  /** One for each attempt of a step, and each request to the API, that failed because a cloud refused an action. */
  AccessDenied: MetricUnit.Count,
  /** Days until the recorded certificate of a webhook ends, whenever a rotation begins with its cluster. */
  CertificateDays: MetricUnit.Count,
  /** Differences by `severity`, whenever a scheduled drift has compared a cluster. */
  DriftDifferences: MetricUnit.Count,
  /** From the request for an operation to its end, by `kind` and `status`. */
  OperationDuration: MetricUnit.Milliseconds,
  /** How long the step of an operation that waited longest took, by `kind`. Left out when no step waited. */
  OperationWaiting: MetricUnit.Milliseconds,
  /** Operations that have not ended and do not go on. Measured when the reconciler has seen all that are open. */
  OperationsStuck: MetricUnit.Count,
} as const

export type MetricName = keyof typeof metricUnits

/** The dimension `service` of each metric is the stack: Powertools takes it from POWERTOOLS_SERVICE_NAME. */
const metrics = new Metrics({ namespace: metricsNamespace })

/** What belongs to one value. */
interface Attributes {
  /** The dimensions of the values in CloudWatch, which charges for each combination. */
  readonly dimensions?: Readonly<Record<string, string>>
  /** What the line of the log says besides: names and ids, such as `operationId`. */
  readonly about?: Readonly<Record<string, string | undefined>>
}

/** Publishes one value. */
export function publishMetric(name: MetricName, value: number, { dimensions = {}, about = {} }: Attributes = {}): void {
  const metric = metrics.singleMetric()
  for (const [dimension, text] of Object.entries(dimensions)) metric.addDimension(dimension, text)
  for (const [key, text] of Object.entries(about)) if (text !== undefined) metric.addMetadata(key, text)
  metric.addMetric(name, metricUnits[name], value)
}
