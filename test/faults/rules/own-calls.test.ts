import { describe, expect, it } from 'vitest'
import {
  errorsOf,
  isAnswerTo,
  nameOfOwnCall,
  ownCallOf,
  ownCalls,
  ownCellsOf,
  ownOrderOf,
} from '../support/own-calls.ts'

const session = (name: string) =>
  `arn:aws:sts::0:assumed-role/Wid-${name}Role83D8F91B-64362/Wid-${name}E54E7BF3-D959D8E52CD4E`
const update = {
  actor: session('CreateRole'),
  operation: 'dynamodb:UpdateItem',
  object: 'arn:aws:dynamodb:e:0:table/t',
  keys: ['OPERATION#o', 'STEP#CreateRole#a/b'],
  at: 0,
  write: true,
  step: '',
}
const named = (call: Partial<typeof update>) => {
  const own = ownCallOf({ ...update, ...call })
  return own && nameOfOwnCall(own)
}

describe('a call to the record', () => {
  it('is identified by its function, its action and the kind of its first item', () => {
    expect(named({})).toBe('CreateRole dynamodb:UpdateItem STEP#')
    expect(named({ keys: ['CLUSTER#a', 'LOCK', 'CLUSTER#a', 'CLUSTER'] })).toBe('CreateRole dynamodb:UpdateItem LOCK')
    expect(named({ operation: 'dynamodb:Query', keys: ['OPERATION#o'] })).toBe('CreateRole dynamodb:Query OPERATION#')
    expect(named({ operation: 'dynamodb:Query', keys: ['CLAIMS', 'faulty-7#'] })).toBe(
      'CreateRole dynamodb:Query CLAIMS',
    )
    expect(named({ operation: 'dynamodb:DeleteItem', keys: ['OPEN', 'o'] })).toBe('CreateRole dynamodb:DeleteItem OPEN')
    expect(named({ operation: 'states:StartExecution', keys: [] })).toBe('CreateRole states:StartExecution')
  })

  it('is identified by its step where several share the function', () => {
    const shared = { actor: session('RecordSteps'), step: 'RecordResult' }
    expect(named(shared)).toBe('RecordResult dynamodb:UpdateItem STEP#')
  })

  it('is not a call of the function that only reads, of a test, or to another service', () => {
    expect(named({ actor: session('ApiRead') })).toBeUndefined()
    expect(named({ actor: 'arn:aws:iam::0:root' })).toBeUndefined()
    expect(named({ operation: 'iam:GetRole' })).toBeUndefined()
  })

  it('is listed once, and only for the functions of its workflow', () => {
    const calls = [update, { ...update, keys: ['OPERATION#p', 'STEP#CreateRole#c/d'] }]
    expect(ownCalls(calls, /./)).toHaveLength(1)
    expect(ownCalls(calls, /^Verify/)).toEqual([])
  })

  it('is matched by the content of its request, and loses the answers of all attempts of the SDK', () => {
    const call = { caller: 'CreateRole', operation: 'dynamodb:UpdateItem', item: 'STEP#' }
    const order = { operation: 'dynamodb:UpdateItem', step: 'CreateRole' }
    expect(ownOrderOf({ call, fault: 'reset after', often: 'always' })).toEqual({
      ...order,
      kind: 'drop-response',
      times: 3,
      body: '"S":"STEP#',
    })
    expect(ownOrderOf({ call: { ...call, item: 'LOCK' }, fault: '503', often: 'once' })).toEqual({
      ...order,
      kind: 'unavailable',
      times: 1,
      body: '"S":"LOCK"',
    })
    expect(ownCellsOf([call])).toHaveLength(10)
  })

  it('takes effect before its function is killed, once or each time', () => {
    const call = { caller: 'ApiStart', operation: 'states:StartExecution' }
    expect(ownOrderOf({ call, fault: 'killed', often: 'once' })).toMatchObject({
      kind: 'kill-caller',
      actor: '*-ApiStart*',
      times: 1,
    })
    expect(ownOrderOf({ call, fault: 'killed', often: 'always' })).toMatchObject({ times: 1_000_000 })
    expect(errorsOf('killed')).toEqual(['Runtime.ExitError'])
    expect([500, 502, 503, 409].filter((status) => isAnswerTo('killed', { status }))).toEqual([500, 502, 503])
    expect([500, 502, 503, 409].filter((status) => isAnswerTo('503', { status }))).toEqual([503])
  })
})
