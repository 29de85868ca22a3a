import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { account, rootCredentials } from '../../../sandbox/account.ts'
import { deploy } from '../../../sandbox/aws/deploy.ts'
import { type Aws, startAws } from '../../../sandbox/aws/server.ts'
import { sendSigned } from '../../../sandbox/aws/signed-request.ts'
import { query } from '../../sandbox/aws/support/query.ts'
import { makeGrantedRole } from '../../support/aws/granted-role.ts'
import { python } from '../../support/python.ts'
import { temporaryDirectory } from '../../support/temporary.ts'

const domain = 'oidc.example.com'
const certificateArn = `arn:aws:acm:us-east-1:${account.id}:certificate/1234abcd-12ab-34cd-56ef-1234567890ab`
const synthesis = join(import.meta.dirname, '../support/hosting-app.ts')

let directory: Awaited<ReturnType<typeof temporaryDirectory>>
let aws: Aws

beforeAll(async () => {
  directory = await temporaryDirectory()
  aws = await startAws({ python, directory: directory.path, environment: {}, auth: true })
  await makeGrantedRole(aws)
})
afterAll(async () => {
  await aws?.close()
  await directory?.remove()
})

/** Deploys with this setting. Returns the outputs of the stack. */
async function deployed(issuerHost: object | undefined): Promise<Readonly<Record<string, string>>> {
  const app = join(directory.path, 'app.mjs')
  const source = `import { synthesizeHosting } from '${synthesis}'\nsynthesizeHosting(${JSON.stringify(issuerHost)})\n`
  await writeFile(app, source)
  const { outputs } = await deploy({ aws, directory: join(directory.path, 'cdk'), app })
  return outputs
}

const status = async () => /<StackStatus>(\w+)</.exec(await cloudFormation('DescribeStacks'))?.[1]

function cloudFormation(Action: string, parameters: Record<string, string> = {}): Promise<string> {
  return query(aws, 'cloudformation', { Action, StackName: 'Hosting', ...parameters })
}

/** The IDs and states of the resources in the last deletion of the stack, oldest first. */
async function deletions(): Promise<string[]> {
  const events: string[] = []
  let next: string | undefined
  do {
    const page = await cloudFormation('DescribeStackEvents', next === undefined ? {} : { NextToken: next })
    events.push(...page.split('<member>').slice(1))
    next = /<NextToken>([^<]+)/.exec(page)?.[1]
  } while (next !== undefined)
  const lines = events.map((event) =>
    ['LogicalResourceId', 'ResourceStatus'].map((field) => event.match(`<${field}>([^<]+)`)?.[1]).join(' '),
  )
  return lines.slice(0, lines.indexOf('Hosting DELETE_IN_PROGRESS')).toReversed()
}

test('no deployment removes a host while the issuer of a cluster is there', { timeout: 300_000 }, async () => {
  expect(await deployed(undefined)).not.toHaveProperty('IssuerHost')
  const { IssuerHost = '', IssuerBucketName = '', TableName } = await deployed({})
  expect(IssuerHost).toMatch(/\.cloudfront\.net$/)
  const table = new DynamoDBClient({ endpoint: aws.endpoint, region: account.region, credentials: rootCredentials })
  const Key = { pk: { S: 'CLUSTER#prod' }, sk: { S: 'CLUSTER' } }
  const spec = { M: { cluster: { M: { issuerUrl: { S: `https://${IssuerHost}/prod` } } } } }
  const listed = { listed: { S: 'CLUSTERS' }, listedKey: { S: 'prod' }, cluster: { S: 'prod' } }
  const Item = { ...Key, ...listed, spec, status: { M: { conditions: { M: {} } } } }
  await table.send(new PutItemCommand({ TableName, Item }))

  table.destroy()

  await expect(deployed(undefined)).rejects.toThrow(`${IssuerHost} is the issuer host of prod`)
  expect(await status()).toBe('UPDATE_ROLLBACK_COMPLETE')
  expect(await deployed({ domain, certificateArn })).toMatchObject({ IssuerHost: domain, IssuerBucketName })
  // No issuer of a cluster is at the domain.
  expect(await deployed({})).toMatchObject({ IssuerHost, IssuerBucketName })

  await expect(cloudFormation('DeleteStack')).rejects.toThrow('TerminationProtection is enabled')
  await cloudFormation('UpdateTerminationProtection', { EnableTerminationProtection: 'false' })
  await cloudFormation('DeleteStack')
  await vi.waitFor(async () => expect(await status()).toBe('DELETE_FAILED'), { timeout: 60_000, interval: 500 })
  // AWS retains the dependencies of a resource whose deletion failed. MiniStack deletes them, so this test checks only the order.
  const [, first] = await deletions()
  expect(first).toBe('KeptHosts DELETE_FAILED')
  const url = new URL(`/${IssuerBucketName}`, aws.endpoint)
  expect((await sendSigned({ service: 's3', method: 'HEAD', url })).status).toBe(200)
})
