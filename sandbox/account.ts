import { randomBytes } from 'node:crypto'

/** The sandbox's AWS account. */
export const account = { id: '000000000000', partition: 'aws', region: 'eu-west-1' } as const

/** Another account of the company, in which the deployment may make providers and roles once the member stack is there. */
export const memberAccount = { id: '222233334444', externalId: 'sandbox-0c7a4d' } as const

/** The same, for what tests do with a member stack that is not right. */
export const otherMemberAccount = { id: '333344445555', externalId: 'sandbox-5e91b2' } as const

/**
 * The access key of the account's root user: another one for each process that starts a sandbox, so that nobody has it who
 * was not given it.
 */
export const rootCredentials = {
  accessKeyId: `AKIA${randomBytes(8).toString('hex').toUpperCase()}`,
  secretAccessKey: randomBytes(30).toString('hex'),
} as const

/** The access key of the root user of another account: MiniStack takes the account's digits for the key. */
export function rootCredentialsOf(accountId: string) {
  return { accessKeyId: accountId, secretAccessKey: rootCredentials.secretAccessKey }
}
