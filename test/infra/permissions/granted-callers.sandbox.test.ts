/** Deployments with a grant to a role that is missing, exists, is replaced, and is accepted by its new ID. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  GetRoleCommand,
  IAMClient,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam'
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { account, rootCredentials } from '../../../sandbox/account.ts'
import { type Deployment, deploy } from '../../../sandbox/aws/deploy.ts'
import { type Aws, startAws } from '../../../sandbox/aws/server.ts'
import { startGateway } from '../../../sandbox/gateway/server.ts'
import { python } from '../../support/python.ts'
import { temporaryDirectory } from '../../support/temporary.ts'

const synthesis = fileURLToPath(new URL('../support/granting-app.ts', import.meta.url))
const RoleName = 'Platform'

let directory: Awaited<ReturnType<typeof temporaryDirectory>>
let aws: Aws
let iam: IAMClient

beforeAll(async () => {
  directory = await temporaryDirectory()
  aws = await startAws({ python, directory: directory.path, environment: {}, auth: true })
  iam = new IAMClient(asRoot())
})
afterAll(async () => {
  iam?.destroy()
  await aws?.close()
  await directory?.remove()
})

const asRoot = () => ({ endpoint: aws.endpoint, region: account.region, credentials: rootCredentials })

/** Deploys with a grant to this role alone. */
async function deployed(role: object): Promise<Deployment> {
  const app = join(directory.path, 'app.mjs')
  await writeFile(
    app,
    `import { synthesizeGranting } from '${synthesis}'\nsynthesizeGranting(${JSON.stringify(role)})\n`,
  )
  return deploy({ aws, directory: join(directory.path, 'cdk'), app })
}

async function createRole(): Promise<void> {
  const documentOf = (statement: object) => JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
  const trust = { Effect: 'Allow', Principal: { AWS: account.id }, Action: 'sts:AssumeRole' }
  await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: documentOf(trust) }))
  const calling = { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*' }
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'call', PolicyDocument: documentOf(calling) }))
}

/** The status and the body with which the API answers a session of the role. */
async function answerTo({ api }: Deployment): Promise<[number, unknown]> {
  const sts = new STSClient(asRoot())
  const RoleArn = `arn:aws:iam::${account.id}:role/${RoleName}`
  const { Credentials: session } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'ada' }))
  sts.destroy()
  const credentials = {
    accessKeyId: session?.AccessKeyId ?? '',
    secretAccessKey: session?.SecretAccessKey ?? '',
    sessionToken: session?.SessionToken ?? '',
  }
  const gateway = await startGateway({ ...api, users: new Map([['session', credentials]]) }, { firstPort: 0 })
  const response = await fetch(`${gateway.url}/v1/clusters`)
  const body: unknown = await response.json()
  await gateway.close()
  return [response.status, body]
}

test('a grant holds for the role that existed at the deployment, and for a replacement only if the settings contain its ID', async () => {
  await expect(deployed({ role: RoleName })).rejects.toThrow(/There is no role Platform in this account/)

  await createRole()
  const deployment = await deployed({ role: RoleName })
  expect(await answerTo(deployment)).toMatchObject([200, {}])

  await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: 'call' }))
  await iam.send(new DeleteRoleCommand({ RoleName }))
  await createRole()
  const replaced = [403, { detail: expect.stringContaining('which was deleted') }]
  expect(await answerTo(deployment)).toMatchObject(replaced)
  expect(await answerTo(await deployed({ role: RoleName }))).toMatchObject(replaced)

  const { Role } = await iam.send(new GetRoleCommand({ RoleName }))
  expect(await answerTo(await deployed({ role: RoleName, id: Role?.RoleId }))).toMatchObject([200, {}])
}, 600_000)
