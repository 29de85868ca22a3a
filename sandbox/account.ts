import { randomBytes } from 'node:crypto'

/** The sandbox's AWS account. */
export const account = { id: '000000000000', partition: 'aws', region: 'eu-west-1' } as const

/**
 * The access key of the account's root user: another one for each process that starts a sandbox, so that nobody has it who
 * was not given it.
 */
export const rootCredentials = {
  accessKeyId: `AKIA${randomBytes(8).toString('hex').toUpperCase()}`,
  secretAccessKey: randomBytes(30).toString('hex'),
} as const
