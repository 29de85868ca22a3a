import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import {
  BatchGetCommand,
  DeleteCommand,
  DynamoDBDocumentClient,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb'
import { beforeAll, expect, test } from 'vitest'
import { tableDefinition } from '../../../infra/recovery/table-definition.ts'
import { rootCredentials } from '../../../sandbox/account.ts'
import { bothForTests } from './support/both.ts'
import { allowed, connection, type Server, userWith } from './support/users.ts'

const TableName = 'record'

const both = bothForTests()
beforeAll(async () => {
  for (const server of [both.plain, both.patched]) {
    const root = new DynamoDBClient({ ...connection(server), credentials: rootCredentials })
    await root.send(new CreateTableCommand(tableDefinition(TableName)))
  }
})

/** A statement that allows the actions only on items with these partition keys. */
function on(keys: string, ...actions: readonly string[]) {
  const Condition = { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [keys] } }
  return { Effect: 'Allow', Action: actions.map((action) => `dynamodb:${action}`), Resource: '*', Condition }
}

async function clientWith(server: Server, ...statements: readonly object[]): Promise<DynamoDBDocumentClient> {
  const credentials = await userWith(server, ...statements)
  return DynamoDBDocumentClient.from(new DynamoDBClient({ ...connection(server), credentials }))
}

const isAllowed = (call: Promise<unknown>) => allowed(call, 'AccessDeniedException')

const key = (pk: string) => ({ pk, sk: 'item' })
const put = (pk: string) => ({ TableName, Item: key(pk) })
const check = (pk: string) => ({ TableName, Key: key(pk), ConditionExpression: 'attribute_not_exists(nothing)' })

const calls: Readonly<Record<string, (client: DynamoDBDocumentClient, pk: string) => Promise<unknown>>> = {
  'a write': (client, pk) => client.send(new PutCommand(put(pk))),
  'an update': (client, pk) => client.send(new UpdateCommand({ TableName, Key: key(pk) })),
  'a deletion': (client, pk) => client.send(new DeleteCommand({ TableName, Key: key(pk) })),
  'a read of several items': (client, pk) =>
    client.send(new BatchGetCommand({ RequestItems: { [TableName]: { Keys: [key('OWN#1'), key(pk)] } } })),
  'a query': (client, pk) =>
    client.send(
      new QueryCommand({
        TableName,
        KeyConditionExpression: '(#part = :pk) AND begins_with(sk, :sk)',
        ExpressionAttributeNames: { '#part': 'pk' },
        ExpressionAttributeValues: { ':pk': pk, ':sk': 'OWN#' },
      }),
    ),
  'a query of an index': (client, pk) =>
    client.send(
      new QueryCommand({
        TableName,
        IndexName: 'by-list',
        KeyConditionExpression: 'listed = :list AND listedKey = :key',
        ExpressionAttributeValues: { ':list': pk, ':key': 'OWN#1' },
      }),
    ),
  'a transaction': (client, pk) =>
    client.send(new TransactWriteCommand({ TransactItems: [{ Put: put('OWN#1') }, { ConditionCheck: check(pk) }] })),
}

test.for(Object.entries(calls))('%s is evaluated with dynamodb:LeadingKeys', async ([, call]) => {
  const attempt = async (server: Server, pk: string) => isAllowed(call(await clientWith(server, on('OWN#*', '*')), pk))
  expect(await attempt(both.plain, 'OTHER#1')).toBe(true)
  expect(await attempt(both.patched, 'OTHER#1')).toBe(false)
  expect(await attempt(both.patched, 'OWN#2')).toBe(true)
})

test('each item of a transaction is authorized separately', async () => {
  const client = await clientWith(both.patched, on('OWN#*', 'PutItem'), on('OTHER#*', 'ConditionCheckItem'))
  const transaction = (own: string, other: string) =>
    client.send(new TransactWriteCommand({ TransactItems: [{ Put: put(own) }, { ConditionCheck: check(other) }] }))
  expect(await isAllowed(transaction('OWN#1', 'OTHER#1'))).toBe(true)
  expect(await isAllowed(transaction('OTHER#2', 'OTHER#1'))).toBe(false)
  expect(await isAllowed(transaction('OWN#1', 'OWN#2'))).toBe(false)
})

test('a write of one item is evaluated with dynamodb:Attributes', async () => {
  const Condition = { 'ForAllValues:StringEquals': { 'dynamodb:Attributes': ['pk', 'sk', 'status'] } }
  const statement = { Effect: 'Allow', Action: 'dynamodb:*', Resource: '*', Condition }
  const setting = async (server: Server, attribute: string) =>
    isAllowed(
      (await clientWith(server, statement)).send(
        new UpdateCommand({
          TableName,
          Key: key('OWN#1'),
          UpdateExpression: 'SET #attribute = :value',
          ExpressionAttributeNames: { '#attribute': attribute },
          ExpressionAttributeValues: { ':value': 'any' },
        }),
      ),
    )
  expect(await setting(both.plain, 'request')).toBe(true)
  expect(await setting(both.patched, 'request')).toBe(false)
  expect(await setting(both.patched, 'status')).toBe(true)
})
