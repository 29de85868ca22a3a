/**
 * The IAM users of aws/local-grants.ts, who may call the deployed API from this machine. IAM allows them nothing else.
 */
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  EntityAlreadyExistsException,
  IAMClient,
  ListAccessKeysCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam'
import { account, rootCredentials } from './account.ts'
import { localUserNames } from './aws/local-grants.ts'

export interface AccessKey {
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

/** Access keys by the names of users. The first user is the default. */
export type LocalUsers = ReadonlyMap<string, AccessKey>

/** Creates the missing users. The deployment needs them, because its settings grant them roles of the API. */
export async function makeLocalUsers(endpoint: string): Promise<void> {
  const iam = clientOf(endpoint)
  await Promise.all(localUserNames.map((name) => makeUser(iam, name)))
  iam.destroy()
}

async function makeUser(iam: IAMClient, UserName: string): Promise<void> {
  await iam.send(new CreateUserCommand({ UserName })).catch((error: unknown) => {
    if (!(error instanceof EntityAlreadyExistsException)) throw error
  })
}

function clientOf(endpoint: string): IAMClient {
  return new IAMClient({ endpoint, region: account.region, credentials: rootCredentials })
}

/** Allows the users to call the API, and creates a new access key for each. */
export async function localUsers(endpoint: string, apiId: string): Promise<LocalUsers> {
  const iam = clientOf(endpoint)
  const users = localUserNames.map(async (name) => [name, await keyOf(iam, name, apiId)] as const)
  return new Map(await Promise.all(users))
}

async function keyOf(iam: IAMClient, UserName: string, apiId: string): Promise<AccessKey> {
  const PolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: 'execute-api:Invoke',
        Resource: `arn:aws:execute-api:${account.region}:${account.id}:${apiId}/*`,
      },
    ],
  })
  await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'call-the-api', PolicyDocument }))
  const { AccessKeyMetadata: old = [] } = await iam.send(new ListAccessKeysCommand({ UserName }))
  for (const { AccessKeyId } of old) await iam.send(new DeleteAccessKeyCommand({ UserName, AccessKeyId }))
  const { AccessKey: key } = await iam.send(new CreateAccessKeyCommand({ UserName }))
  if (key?.AccessKeyId === undefined || key.SecretAccessKey === undefined)
    throw new Error(`IAM returned no access key for ${UserName}`)
  return { accessKeyId: key.AccessKeyId, secretAccessKey: key.SecretAccessKey }
}
