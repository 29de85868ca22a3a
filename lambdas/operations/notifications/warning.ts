import { publish } from '../../clouds/aws/publish.ts'
import type { RecordedError } from '../../errors/recorded.ts'
import { setting } from '../../settings.ts'

/** The names of the errors in warnings. */
export const warningNames = ['CredentialsEnding', 'SigningKeysChanged'] as const

interface Warning {
  /** The end of the subject, after the name of the cluster. */
  readonly subject: string
  readonly error: RecordedError & { readonly name: (typeof warningNames)[number] }
}

interface Place {
  readonly operationId: string
  readonly cluster: string
}

/**
 * Sends a step's finding to the topic's subscribers, without waiting for the end of the operation.
 *
 * @throws {StepError} when the call fails
 */
export async function warn(warning: Warning, place: Place): Promise<void> {
  await publish(setting('NOTIFICATION_TOPIC_ARN'), warningMessage(warning, place))
}

/** The message about a finding. Its text is JSON. */
export function warningMessage({ subject, error }: Warning, { operationId, cluster }: Place) {
  return {
    subject: `Workload identity: ${cluster}: ${subject}`,
    text: JSON.stringify({ operationId, cluster, status: 'warning', error }),
  }
}
