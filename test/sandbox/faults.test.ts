import { expect, test } from 'vitest'
import { MemoryFaults } from '../../sandbox/faults.ts'

test('a fault applies to matching calls, the given number of times', () => {
  const faults = new MemoryFaults()
  faults.add({ kind: 'refuse', operation: 'PATCH /api/v1/*', object: '*default', times: 2 })
  const matching = { operation: 'PATCH /api/v1/namespaces', object: 'Namespace default' }
  expect(faults.take({ operation: 'GET /api/v1/namespaces', object: 'Namespace default' })).toBeUndefined()
  expect(faults.take({ operation: 'PATCH /api/v1/namespaces', object: 'Namespace other' })).toBeUndefined()
  expect(faults.take(matching)).toMatchObject({ kind: 'refuse' })
  expect(faults.take(matching)).toMatchObject({ kind: 'refuse' })
  expect(faults.take(matching)).toBeUndefined()
})

test('a fault with notBy does not apply to calls of that actor', () => {
  const faults = new MemoryFaults()
  const call = { operation: 'GET /api/v1/pods', object: 'pods' }
  faults.add({ kind: 'break', operation: call.operation, notBy: '*:webhook', times: 1 })
  expect(faults.take({ ...call, actor: 'system:serviceaccount:a:webhook' })).toBeUndefined()
  expect(faults.take({ ...call, actor: 'admin' })).toMatchObject({ kind: 'break' })
})

test('a pattern matches special characters of regular expressions literally', () => {
  const faults = new MemoryFaults()
  faults.add({ kind: 'unavailable', operation: 'storage.buckets.insert', times: 1 })
  expect(faults.take({ operation: 'storageXbucketsXinsert', object: '' })).toBeUndefined()
  expect(faults.take({ operation: 'storage.buckets.insert', object: 'any' })).toMatchObject({ kind: 'unavailable' })
})

test('an interruption happens after the call, and with write only after a call that wrote', async () => {
  const faults = new MemoryFaults()
  const done: string[] = []
  faults.interrupt({ operation: 'PATCH *', write: true, answer: 'dropped', meanwhile: async () => done.push('first') })
  faults.interrupt({ operation: 'PATCH *', answer: 'sent', meanwhile: async () => done.push('second') })
  const call = { operation: 'PATCH /api/v1/namespaces/a', object: 'Namespace a' }
  expect(await faults.answerOf({ ...call, write: false })).toBe('sent')
  expect(done).toEqual(['second'])
  expect(await faults.answerOf({ ...call, write: true })).toBe('dropped')
  expect(await faults.answerOf({ ...call, write: true })).toBe('sent')
  expect(done).toEqual(['second', 'first'])
})

test('cleared faults no longer apply', () => {
  const faults = new MemoryFaults()
  faults.add({ kind: 'drop-response', operation: '*', times: 1 })
  faults.clear()
  expect(faults.take({ operation: 'x', object: 'y' })).toBeUndefined()
})

test('removing a fault returns the times at which it applied, and leaves the others', () => {
  const faults = new MemoryFaults()
  const own = { kind: 'cut', operation: 'a', times: 2 } as const
  faults.add(own)
  faults.add({ kind: 'garble', operation: '*', times: 1 })
  expect(faults.take({ operation: 'a', object: '' })).toBe(own)
  expect(faults.remove(own)).toEqual([expect.any(Number)])
  expect(faults.take({ operation: 'a', object: '' })).toMatchObject({ kind: 'garble' })
  expect(faults.remove({ ...own })).toEqual([])
})
