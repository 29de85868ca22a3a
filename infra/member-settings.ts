/** The setting `accounts`: the other accounts in which clusters may have their provider and roles. */
import * as z from 'zod'

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
const externalId = z
  .string()
  .regex(/^[\w+=,.@:/-]{2,1224}$/, 'an external ID of 2 to 1,224 letters, digits and _+=,.@:/- such as a UUID')

export const memberSettings = z
  .record(z.string().regex(/^\d{12}$/), z.strictObject({ externalId }), {
    error: ({ code }) =>
      code === 'invalid_key' ? 'is not the ID of an AWS account: use its twelve digits' : undefined,
  })
  .default({})
  .check(({ value, issues }) => {
    const { length } = JSON.stringify(externalIdsOf(value))
    if (length <= mostExternalIds) return
    const message = `have ${length} characters with their external IDs, and a function takes ${mostExternalIds}: shorten the external IDs`
    issues.push({ code: 'custom', input: value, path: [], message })
  })

/** By account. */
export type MemberAccounts = Readonly<Record<string, { readonly externalId: string }>>

/** Lambda takes 4 KB for all variables of a function. The others of a step need less than 1 KB. */
const mostExternalIds = 3000

/** External IDs by account. */
export function externalIdsOf(accounts: MemberAccounts): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(accounts).map(([account, { externalId }]) => [account, externalId]))
}
