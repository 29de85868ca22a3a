import { randomBytes } from 'node:crypto'

export const account = { id: '000000000000', partition: 'aws', region: 'eu-west-1' } as const

/** A member account, in which the deployment may create providers and roles after the member stack. */
export const memberAccount = { id: '222233334444', externalId: 'sandbox-0c7a4d' } as const

/** A member account for tests with a wrong member stack. */
export const otherMemberAccount = { id: '333344445555', externalId: 'sandbox-5e91b2' } as const

/**
 * The access key of the account's root user: a new one for each process that starts a sandbox, so that no other program has it.
 */
export const rootCredentials = {
  accessKeyId: `AKIA${randomBytes(8).toString('hex').toUpperCase()}`,
  secretAccessKey: randomBytes(30).toString('hex'),
} as const

/** Of the root user of another account: for MiniStack, the account ID is the access key. */
export function rootCredentialsOf(accountId: string) {
  return { accessKeyId: accountId, secretAccessKey: rootCredentials.secretAccessKey }
}
