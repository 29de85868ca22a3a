/** The setting `accounts`: accounts, besides the deployment's, that may contain the providers and roles of clusters. */
import * as z from 'zod'
import { textOf } from './setting-text.ts'

/**
 * The characters of https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html. STS accepts 1,224
 * characters, but the trust policy of the member role has at most 2,048 characters:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
export const externalIdPattern = '^[\\w+=,.@:/-]{2,128}$'

const externalId = textOf(
  'an external ID of 2 to 128 letters, digits and _+=,.@:/- such as a UUID',
  new RegExp(externalIdPattern),
).meta({ description: "The functions assume the account's roles with it. It is not a secret." })

export const memberSettings = z
  .record(z.string().regex(/^\d{12}$/), z.strictObject({ externalId }), {
    error: ({ code }) =>
      code === 'invalid_key' ? 'is not the ID of an AWS account: use its twelve digits' : undefined,
  })
  .default({})
  .check(({ value, issues }) => {
    const { length } = JSON.stringify(externalIdsOf(value))
    if (length <= mostExternalIds) return
    const message = `have ${length} characters with their external IDs, and the variables of a function hold ${mostExternalIds}: shorten the external IDs`
    issues.push({ code: 'custom', input: value, path: [], message })
  })
  .meta({
    description: 'The [member accounts](deployment.md#member-accounts), by their IDs.',
    examples: [{ '222233334444': { externalId: 'f81d4fae-7dec-11d0-a765-00a0c91e6bf6' } }],
  })

/** The member accounts by account ID. */
export type MemberAccounts = Readonly<Record<string, { readonly externalId: string }>>

/** Lambda limits all variables of a function to 4 KB. The other variables of a step need less than 1 KB. */
const mostExternalIds = 3000

export function externalIdsOf(accounts: MemberAccounts): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(accounts).map(([account, { externalId }]) => [account, externalId]))
}
