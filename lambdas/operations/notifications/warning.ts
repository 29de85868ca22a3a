import { publish } from '../../clouds/aws/publish.ts'
import type { RecordedError } from '../../errors/recorded.ts'
import { setting } from '../../settings.ts'

interface Warning {
  /** The end of the subject, after the name of the cluster. */
  readonly subject: string
  readonly error: RecordedError
}

/**
 * Sends a step's finding to the topic's subscribers, without waiting for the end of the operation.
 *
 * @throws {StepError} when the call fails
 */
export async function warn(
  { subject, error }: Warning,
  { operationId, cluster }: { readonly operationId: string; readonly cluster: string },
): Promise<void> {
  await publish(setting('NOTIFICATION_TOPIC_ARN'), {
    subject: `Workload identity: ${cluster}: ${subject}`,
    text: JSON.stringify({ operationId, cluster, status: 'warning', error }),
  })
}
