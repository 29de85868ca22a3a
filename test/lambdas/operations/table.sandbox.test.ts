import { describe, expect, test } from 'vitest'
import { readCluster } from '../../../lambdas/operations/cluster-record.ts'
import { getItem, keys, queryItems } from '../../../lambdas/operations/table.ts'
import { scriptedAws } from '../../support/scripted-aws.ts'

const aws = scriptedAws({ TABLE_NAME: 'record' })

const item = (pk: string) => ({ pk: { S: pk } })
const bodies = () => aws.requests.map(({ body }): unknown => JSON.parse(body))

describe('what the record says now', () => {
  test('is read of one item', async () => {
    aws.answer({ body: { Item: item('a') } })
    expect(await getItem(keys.cluster('prod'))).toEqual({ pk: 'a' })
    expect(bodies()).toMatchObject([{ ConsistentRead: true, Key: { pk: { S: 'CLUSTER#prod' } } }])
  })

  test('is read of a cluster with its workloads and its lock', async () => {
    aws.answer({ body: { Items: [] } })
    expect(await readCluster('prod')).toBeUndefined()
    expect(bodies()).toMatchObject([{ ConsistentRead: true }])
  })
})

describe('an item that has expired', () => {
  const expiring = (expiresAt: number) => ({ pk: { S: `p${expiresAt}` }, expiresAt: { N: String(expiresAt) } })
  const seconds = Math.floor(Date.now() / 1000)

  test('is read as if it were gone, although DynamoDB still has it', async () => {
    aws.answer({ body: { Item: expiring(seconds - 1) } })
    expect(await getItem(keys.cluster('prod'))).toBeUndefined()
  })

  test('is in no list, and the list goes on behind it', async () => {
    const [gone, kept] = [expiring(seconds - 1), expiring(seconds + 3600)]
    aws.answer({ body: { Items: [gone], LastEvaluatedKey: gone } }, { body: { Items: [kept] } })
    expect(await queryItems({}, 1)).toEqual([{ pk: kept.pk.S, expiresAt: seconds + 3600 }])
  })
})

describe('a query', () => {
  const pages = [
    { body: { Items: [item('a')], LastEvaluatedKey: item('a') } },
    { body: { Items: [item('b'), item('c')], LastEvaluatedKey: item('c') } },
    { body: { Items: [item('d')] } },
  ]

  test('goes on to the last page', async () => {
    aws.answer(...pages)
    expect(await queryItems({})).toEqual([{ pk: 'a' }, { pk: 'b' }, { pk: 'c' }, { pk: 'd' }])
    expect(bodies()).toMatchObject([{}, { ExclusiveStartKey: item('a') }, { ExclusiveStartKey: item('c') }])
  })

  test('reads no page more than it needs, and gives no item more than it was asked for', async () => {
    aws.answer(...pages)
    expect(await queryItems({}, 2)).toEqual([{ pk: 'a' }, { pk: 'b' }])
    expect(aws.requests).toHaveLength(2)
  })
})
