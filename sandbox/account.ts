import { randomBytes } from 'node:crypto'

export const account = { id: '000000000000', partition: 'aws', region: 'eu-west-1' } as const

/** A member account. Its member stack lets the deployment create providers and roles in the account. */
export const memberAccount = { id: '222233334444', externalId: 'sandbox-0c7a4d' } as const

/** A member account for tests with a wrong member stack. */
export const otherMemberAccount = { id: '333344445555', externalId: 'sandbox-5e91b2' } as const

/**
 * The access key of the account's root user. Each process that starts a sandbox generates a key, so that no other
 * program knows it.
 */
export const rootCredentials = {
  accessKeyId: `AKIA${randomBytes(8).toString('hex').toUpperCase()}`,
  secretAccessKey: randomBytes(30).toString('hex'),
} as const

/** The credentials of another account's root user. For MiniStack, the access key ID is the account ID. */
export function rootCredentialsOf(accountId: string) {
  return { accessKeyId: accountId, secretAccessKey: rootCredentials.secretAccessKey }
}
