import { expect, test } from 'vitest'
import { generationRow } from '../../../cli/view/generation-row.ts'

const written = { generation: 7, writtenBy: 'ada', writtenAt: '2026-11-30T12:00:00.000Z', operationId: 'op' }
const nothing = { added: [], removed: [], changed: [], fields: [] }
const workload = (serviceAccount: string) => ({ namespace: 'a', serviceAccount })

test('a row has the generation, the time, the author, the operation and its outcome', () => {
  expect(generationRow({ ...written, operationStatus: 'failed', changes: { ...nothing, fields: ['adopt'] } })).toEqual([
    '7',
    '2026-11-30T12:00:00.000Z',
    'ada',
    'op',
    'failed',
    'adopt',
  ])
  expect(generationRow(written).slice(-2)).toEqual(['unknown', 'unknown'])
})

test.each([
  [{ ...nothing, added: [workload('b')], removed: [workload('c')] }, 'added a/b, removed a/c'],
  [
    { ...nothing, changed: [{ ...workload('b'), fields: ['role.name'] }], fields: ['webhook.image'] },
    'changed a/b, webhook.image',
  ],
  [
    { ...nothing, added: ['b', 'c', 'd', 'e', 'f', 'g'].map(workload) },
    'added a/b, added a/c, added a/d, added a/e, 2 more',
  ],
  [nothing, 'nothing that you may see'],
])('summarizes its changes', (changes, words) => {
  expect(generationRow({ ...written, changes }).at(-1)).toBe(words)
})

test('the first generation shows its number of workloads', () => {
  const changes = { ...nothing, added: [workload('b')], fields: ['cluster', 'webhook', 'adopt'] }
  expect(generationRow({ ...written, generation: 1, changes }).at(-1)).toBe('first spec, 1 workload')
})
