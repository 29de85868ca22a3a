import { IAMClient } from '@aws-sdk/client-iam'
import { assumeMemberRole, type MemberRole } from '../member-role.ts'
import { clientConfig } from './config.ts'

/** The client for the account of the function. */
const own = new IAMClient(clientConfig)

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
  const made = new IAMClient({ ...clientConfig, credentials: () => assumeMemberRole(member) })
  ofMembers.set(key, made)
  return made
}
