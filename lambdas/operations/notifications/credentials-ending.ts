/** Notifies the topic's subscribers when credentials will expire and were not renewed. */
import type { ClusterStatus } from '../record/record.ts'
import { writeStatus } from '../record/status-record.ts'
import { keys } from '../record/table.ts'
import { warn } from './warning.ts'

export interface EndingCredentials {
  readonly secretArn: string
  /** ISO 8601. */
  readonly endsAt: string
  readonly why: string
  /** The command that creates new credentials. */
  readonly command: string
}

interface Place {
  readonly operationId: string
  readonly cluster: string
  readonly status: ClusterStatus
}

/**
 * Notifies subscribers of each new expiry time, and records that it did. If the write of the record fails, the next
 * rotation notifies them again.
 *
 * @throws {StepError} when a call fails
 */
export async function notifyOfEnding(ending: readonly EndingCredentials[], place: Place): Promise<void> {
  const known = place.status.notifiedEnds ?? []
  const unknown = ending.filter(({ endsAt }) => !known.includes(endsAt))
  if (unknown.length === 0) return
  for (const one of unknown) await notify(one, place)
  const notifiedEnds = ending.map(({ endsAt }) => endsAt)
  await writeStatus(keys.cluster(place.cluster), place.status, { notifiedEnds })
}

function notify({ secretArn, endsAt, why, command }: EndingCredentials, place: Place): Promise<void> {
  const error = {
    name: 'CredentialsEnding' as const,
    object: secretArn,
    reason: `the credentials in this secret expire at ${endsAt}, and were not renewed: ${why}`,
    action: `Run "${command}"`,
  }
  return warn({ subject: 'the credentials end', error }, place)
}
