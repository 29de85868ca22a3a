import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod/mini'
import { account, rootCredentials } from '../../../sandbox/account.ts'
import { putRecord, readRecord } from '../../e2e/support/aws-clients.ts'
import type { System } from '../../e2e/support/system.ts'

const keysFound = z.array(z.object({ pk: z.string(), sk: z.string() }))

/** Leaves the claims of this kind with a cluster that is recorded nowhere. Gives back what puts them right again. */
export async function abandonClaims(system: System, cluster: string, kind: string): Promise<() => Promise<void>> {
  const items = (await claimsOf(system, cluster)).filter((item) => item.kind === kind)
  if (items.length === 0) throw new Error(`${cluster} has no claim of a ${kind}`)
  const put = async (change: object) => {
    for (const item of items) await putRecord(system, { ...item, ...change })
  }
  await put({ owner: 'gone' })
  return () => put({})
}

async function claimsOf(system: System, cluster: string) {
  const client = new DynamoDBClient({
    endpoint: system.sandbox.aws.endpoint,
    region: account.region,
    credentials: rootCredentials,
  })
  const command = new QueryCommand({
    TableName: system.sandbox.deployment.outputs.TableName,
    IndexName: 'by-list',
    KeyConditionExpression: 'listed = :listed AND begins_with(listedKey, :cluster)',
    ExpressionAttributeValues: { ':listed': 'CLAIMS', ':cluster': `${cluster}#` },
  })
  const { Items } = await DynamoDBDocumentClient.from(client).send(command)
  client.destroy()
  return Promise.all(keysFound.parse(Items).map((key) => readRecord(system, key)))
}
