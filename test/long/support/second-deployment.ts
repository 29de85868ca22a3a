import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { CreateAccessKeyCommand, PutUserPolicyCommand } from '@aws-sdk/client-iam'
import { inject } from 'vitest'
import { account } from '../../../sandbox/account.ts'
import { deploy } from '../../../sandbox/aws/deploy.ts'
import { startGateway } from '../../../sandbox/gateway/server.ts'
import { iamClient } from '../../e2e/support/aws-clients.ts'
import { System } from '../../e2e/support/system.ts'
import { settingsFile } from './second-settings.ts'

/** The name of the second deployment in the labels and tags of its objects. */
export const secondDeployment = `${account.id}/${account.region}/WorkloadIdentitySecond`

const UserName = 'administrator'

/**
 * A second deployment of the product in the account of a sandbox. It shares everything else.
 *
 * @param settings additional settings of the second deployment
 */
export async function deploySecond(
  first: System,
  settings: object = {},
): Promise<{ readonly system: System; close(): Promise<void> }> {
  const app = path.join(import.meta.dirname, 'second-app.ts')
  const directory = path.join(inject('sandboxDirectory'), `second-${process.pid}`)
  await mkdir(directory, { recursive: true })
  await writeFile(path.join(directory, settingsFile), JSON.stringify(settings))
  const deployment = await deploy({ aws: first.sandbox.aws, directory, app })
  const key = await anotherKey(first, deployment.api.id)
  const gateway = await startGateway({ ...deployment.api, users: new Map([[UserName, key]]) }, { firstPort: 0 })
  return { system: new System({ ...first.sandbox, deployment, gateway }), close: () => gateway.close() }
}

/** Creates another key of the sandbox's user, and allows the user to call the second API. */
async function anotherKey(first: System, apiId: string) {
  const iam = iamClient(first)
  const Resource = `arn:aws:execute-api:${account.region}:${account.id}:${apiId}/*`
  const Statement = [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource }]
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
  await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'call-the-second-api', PolicyDocument }))
  const { AccessKey: key } = await iam.send(new CreateAccessKeyCommand({ UserName }))
  iam.destroy()
  return { accessKeyId: key?.AccessKeyId ?? '', secretAccessKey: key?.SecretAccessKey ?? '' }
}
