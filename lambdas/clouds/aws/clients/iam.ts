import { IAMClient, type IAMClientConfig } from '@aws-sdk/client-iam'
import { assumeMemberRole, type MemberRole } from '../member-role.ts'
import { clientConfig } from './config.ts'
import { ownAnswers, takingOwnAnswers } from './own-answers.ts'

/** The client for the account of the function. */
const own = clientWith(clientConfig)

/** By role and session. */
const ofMembers = new Map<string, IAMClient>()

/**
 * The client for IAM of the member role's account, or of the function's own account without one. It is kept, and the SDK
 * takes new credentials five minutes before the old ones end.
 */
export function iamOf(member: MemberRole | undefined): IAMClient {
  if (member === undefined) return own
  const key = JSON.stringify(member)
  const known = ofMembers.get(key)
  if (known) return known
  const made = clientWith({ ...clientConfig, credentials: () => assumeMemberRole(member) })
  ofMembers.set(key, made)
  return made
}

function clientWith(config: IAMClientConfig): IAMClient {
  return takingOwnAnswers(new IAMClient(config), ownAnswers.query)
}
