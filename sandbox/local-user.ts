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

const UserName = 'local-user'

/** Gives back a new access key of an IAM user who may call the deployed API and do nothing else. */
export async function localUser(
  endpoint: string,
  apiId: string,
): Promise<{ accessKeyId: string; secretAccessKey: string }> {
  const iam = new IAMClient({ endpoint, region: account.region, credentials: rootCredentials })
  await iam.send(new CreateUserCommand({ UserName })).catch((error: unknown) => {
    if (!(error instanceof EntityAlreadyExistsException)) throw error
  })
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
  if (key?.AccessKeyId === undefined || key.SecretAccessKey === undefined) throw new Error('IAM made no access key')
  return { accessKeyId: key.AccessKeyId, secretAccessKey: key.SecretAccessKey }
}
