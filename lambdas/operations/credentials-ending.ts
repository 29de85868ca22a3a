/** Tells the subscribers of the topic that credentials end which were not renewed. */
import { PublishCommand } from '@aws-sdk/client-sns'
import { sns } from '../clouds/aws/clients/sns.ts'
import { explained } from '../clouds/aws/errors.ts'
import { setting } from '../settings.ts'
import type { ClusterStatus } from './record.ts'
import { writeStatus } from './status-record.ts'
import { keys } from './table.ts'

export interface EndingCredentials {
  readonly secretArn: string
  /** ISO 8601. */
  readonly endsAt: string
  /** Why they were not renewed. */
  readonly why: string
  /** The command that makes others. */
  readonly command: string
}

interface Place {
  readonly operationId: string
  readonly cluster: string
  readonly status: ClusterStatus
}

/** SNS takes subjects of up to 100 characters: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
const maxSubject = 100

/**
 * Sends a notification for each end that was not notified of, and records it. One that could not be recorded is sent again by
 * the next rotation.
 *
 * @throws {StepError} when a call fails
 */
export async function notifyOfEnding(ending: readonly EndingCredentials[], place: Place): Promise<void> {
  const known = place.status.notifiedEnds ?? []
  const unknown = ending.filter(({ endsAt }) => !known.includes(endsAt))
  if (unknown.length === 0) return
  for (const one of unknown) await publish(one, place)
  const notifiedEnds = ending.map(({ endsAt }) => endsAt)
  await writeStatus(keys.cluster(place.cluster), place.status, { notifiedEnds })
}

async function publish(
  { secretArn, endsAt, why, command }: EndingCredentials,
  { operationId, cluster }: Place,
): Promise<void> {
  const TopicArn = setting('NOTIFICATION_TOPIC_ARN')
  const Subject = `Workload identity: ${cluster}: the credentials end`.slice(0, maxSubject)
  const error = {
    name: 'CredentialsEnding',
    object: secretArn,
    reason: `the credentials in it end ${endsAt}, and were not renewed: ${why}`,
    action: `Run "${command}"`,
  }
  const Message = JSON.stringify({ operationId, cluster, status: 'warning', error })
  await explained(
    { action: 'sns:Publish', resource: TopicArn },
    sns.send(new PublishCommand({ TopicArn, Subject, Message })),
  )
}
