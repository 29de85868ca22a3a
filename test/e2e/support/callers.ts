import { CreateAccessKeyCommand, CreateUserCommand, PutUserPolicyCommand } from '@aws-sdk/client-iam'
import { iamClient } from './aws-clients.ts'
import type { System } from './system.ts'

/** Creates a user whom IAM allows to call the API, and returns an access key. */
export async function userWhoMayCall(running: System, UserName: string) {
  const iam = iamClient(running)
  await iam.send(new CreateUserCommand({ UserName }))
  const Statement = [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*' }]
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
  await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'call', PolicyDocument }))
  const { AccessKey: key } = await iam.send(new CreateAccessKeyCommand({ UserName }))
  iam.destroy()
  return { accessKeyId: key?.AccessKeyId ?? '', secretAccessKey: key?.SecretAccessKey ?? '' }
}
