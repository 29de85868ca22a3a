import { CreateAccessKeyCommand, CreateUserCommand, PutUserPolicyCommand } from '@aws-sdk/client-iam'
import { iamClient } from '../../e2e/support/aws-clients.ts'
import type { System } from '../../e2e/support/system.ts'

export interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

/** Creates the user `somebody`, who may do everything in the account and has a key. */
export async function userWithAllRights(system: System): Promise<Credentials> {
  const iam = iamClient(system)
  const UserName = 'somebody'
  const Statement = [{ Effect: 'Allow', Action: '*', Resource: '*' }]
  await iam.send(new CreateUserCommand({ UserName }))
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
  await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'all', PolicyDocument }))
  const { AccessKey: key } = await iam.send(new CreateAccessKeyCommand({ UserName }))
  iam.destroy()
  return { accessKeyId: key?.AccessKeyId ?? '', secretAccessKey: key?.SecretAccessKey ?? '' }
}
