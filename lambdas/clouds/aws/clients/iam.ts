import { IAMClient, type IAMClientConfig } from '@aws-sdk/client-iam'
import { assumeMemberRole, type MemberRole } from '../member-role.ts'
import { awsResponseTests, rejectForeignResponses } from './aws-responses.ts'
import { clientConfig } from './config.ts'

const own = clientWith(clientConfig)

/** The clients for member accounts. The key is the {@link MemberRole} in JSON. */
const ofMembers = new Map<string, IAMClient>()

/**
 * Returns the IAM client for the account of the member role, or for the function's own account if `member` is
 * undefined. Clients are cached, and the SDK renews their credentials five minutes before they expire.
 */
export function iamOf(member: MemberRole | undefined): IAMClient {
  if (member === undefined) return own
  const key = JSON.stringify(member)
  const known = ofMembers.get(key)
  if (known) return known
  const client = clientWith({ ...clientConfig, credentials: () => assumeMemberRole(member) })
  ofMembers.set(key, client)
  return client
}

function clientWith(config: IAMClientConfig): IAMClient {
  return rejectForeignResponses(new IAMClient(config), awsResponseTests.query)
}
