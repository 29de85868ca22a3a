import { describe, expect, test } from 'vitest'
import { readCluster } from '../../../../lambdas/operations/record/cluster-record.ts'
import { where } from '../../../../lambdas/operations/record/expression.ts'
import { getItem, getItems, type ItemKey, keys, queryItems } from '../../../../lambdas/operations/record/table.ts'
import { inTransactionOrSeparately, update, write } from '../../../../lambdas/operations/record/writes.ts'
import { scriptedAws } from '../../../support/aws/scripted-aws.ts'

const aws = scriptedAws({ TABLE_NAME: 'record' })

const item = (pk: string) => ({ pk: { S: pk } })
const itemOf = ({ pk, sk }: ItemKey) => ({ pk: { S: pk }, sk: { S: sk } })
const batch = (...items: object[]) => ({ body: { Responses: { record: items } } })
const bodies = () => aws.requests.map(({ body }): unknown => JSON.parse(body))

describe('the current record', () => {
  test('is read by a consistent read of one item', async () => {
    aws.answer(batch(itemOf(keys.cluster('prod'))))
    expect(await getItem(keys.cluster('prod'))).toEqual(keys.cluster('prod'))
    expect(bodies()).toMatchObject([
      { RequestItems: { record: { ConsistentRead: true, Keys: [{ pk: { S: 'CLUSTER#prod' } }] } } },
    ])
  })

  test('has several items in the order of the requested keys, with a call for each hundred', async () => {
    const wanted = Array.from({ length: 101 }, (_, index) => keys.cluster(`c-${index}`))
    const [first = keys.cluster(''), second = keys.cluster('')] = wanted
    const last = wanted.at(-1) ?? keys.cluster('')
    aws.answer(batch(itemOf(second), itemOf(first)), batch(itemOf(last)))
    const items = await getItems(wanted)
    expect(items).toHaveLength(101)
    expect([items[0], items[1], items[2], items.at(-1)]).toEqual([first, second, undefined, last])
    expect(aws.requests).toHaveLength(2)
  })

  test('is read once for a repeated key, which DynamoDB would refuse', async () => {
    const key = keys.cluster('prod')
    aws.answer(batch(itemOf(key)))
    expect(await getItems([key, key])).toEqual([key, key])
    expect(bodies()).toMatchObject([{ RequestItems: { record: { Keys: [itemOf(key)] } } }])
  })

  test('is unavailable, and not missing, when DynamoDB has not processed the key', async () => {
    const UnprocessedKeys = { record: { Keys: [itemOf(keys.cluster('prod'))] } }
    aws.answer({ body: { Responses: { record: [] }, UnprocessedKeys } })
    await expect(getItem(keys.cluster('prod'))).rejects.toMatchObject({ name: 'CloudUnavailable', transient: true })
  })

  test('of a cluster is read by one consistent query', async () => {
    aws.answer({ body: { Items: [] } })
    expect(await readCluster('prod')).toBeUndefined()
    expect(bodies()).toMatchObject([{ ConsistentRead: true }])
  })
})

describe('a write whose item a transaction is writing', () => {
  const __type = 'com.amazonaws.dynamodb.v20120810#TransactionConflictException'
  const refused = { status: 400, body: { __type, Message: 'Transaction is ongoing for the item' } }
  const one = () => write(update(keys.cluster('prod'), { set: { a: 1 } }))

  test('is sent again, because transactions are short', async () => {
    aws.answer(refused, refused, { body: {} })
    await one()
    expect(aws.requests).toHaveLength(3)
  })

  test('fails as a concurrent change when the conflict persists', async () => {
    aws.answer(refused, refused, refused)
    await expect(one()).rejects.toMatchObject({ name: 'ConcurrentChange', transient: true })
  })
})

describe('writes that are sent together', () => {
  const one = () => update(keys.cluster('prod'), { set: { a: 1 } }, where`attribute_exists(a)`)
  const other = () => update(keys.cluster('test'), { set: { a: 1 } })
  const actions = () => aws.requests.map(({ target }) => target?.split('.').at(-1))
  const cancelledBy = (...codes: string[]) => ({
    status: 400,
    body: {
      __type: 'com.amazonaws.dynamodb.v20120810#TransactionCanceledException',
      CancellationReasons: codes.map((Code) => ({ Code })),
    },
  })

  test('are one transaction, and a single write is none', async () => {
    aws.answer({ body: {} }, { body: {} })
    await inTransactionOrSeparately([one(), other()])
    await inTransactionOrSeparately([other()])
    expect(actions()).toEqual(['TransactWriteItems', 'UpdateItem'])
  })

  test.each(['TransactionConflict', 'ConditionalCheckFailed'])('are sent separately after %s', async (code) => {
    aws.answer(cancelledBy(code, 'None'), { body: {} }, { body: {} })
    await inTransactionOrSeparately([one(), other()])
    expect(actions()).toEqual(['TransactWriteItems', 'UpdateItem', 'UpdateItem'])
  })
})

describe('an item that has expired', () => {
  const expiring = (expiresAt: number) => ({ pk: { S: `p${expiresAt}` }, expiresAt: { N: String(expiresAt) } })
  const seconds = Math.floor(Date.now() / 1000)

  test('is not returned, although DynamoDB still has it', async () => {
    aws.answer(batch({ ...itemOf(keys.cluster('prod')), expiresAt: { N: String(seconds - 1) } }))
    expect(await getItem(keys.cluster('prod'))).toBeUndefined()
  })

  test('is in no list, and the list continues after it', async () => {
    const [expired, current] = [expiring(seconds - 1), expiring(seconds + 3600)]
    aws.answer({ body: { Items: [expired], LastEvaluatedKey: expired } }, { body: { Items: [current] } })
    expect(await queryItems(where`pk = ${'p'}`, {}, 1)).toEqual([{ pk: current.pk.S, expiresAt: seconds + 3600 }])
  })
})

describe('a query', () => {
  const pages = [
    { body: { Items: [item('a')], LastEvaluatedKey: item('a') } },
    { body: { Items: [item('b'), item('c')], LastEvaluatedKey: item('c') } },
    { body: { Items: [item('d')] } },
  ]

  test('reads to the last page', async () => {
    aws.answer(...pages)
    expect(await queryItems(where`pk = ${'p'}`)).toEqual([{ pk: 'a' }, { pk: 'b' }, { pk: 'c' }, { pk: 'd' }])
    expect(bodies()).toMatchObject([{}, { ExclusiveStartKey: item('a') }, { ExclusiveStartKey: item('c') }])
  })

  test('with a limit reads only the necessary pages, and returns no more items than the limit', async () => {
    aws.answer(...pages)
    expect(await queryItems(where`pk = ${'p'}`, {}, 2)).toEqual([{ pk: 'a' }, { pk: 'b' }])
    expect(aws.requests).toHaveLength(2)
  })
})
