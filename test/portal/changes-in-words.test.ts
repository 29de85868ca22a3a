import { expect, test } from 'vitest'
import { changesInWords } from '../../portal/src/pages/cluster/history/changes.ts'
import { textsOf } from '../../portal/src/pages/cluster/history/texts.ts'

const written = { generation: 7, writtenBy: 'ada', writtenAt: '2026-11-30T12:00:00.000Z', operationId: 'op' }
const nothing = { added: [], removed: [], changed: [], fields: [] }
const workload = { namespace: 'a', serviceAccount: 'b' }
const { en } = textsOf

test('lists the changes of a generation', () => {
  const changes = {
    added: [workload],
    removed: [{ ...workload, serviceAccount: 'c' }],
    changed: [{ ...workload, serviceAccount: 'd', fields: ['role.name', 'role.policyArns'] }],
    fields: ['webhook.image'],
  }
  expect(changesInWords({ ...written, changes }, en)).toEqual([
    'added a/b',
    'removed a/c',
    'changed a/d: role.name, role.policyArns',
    'webhook.image',
  ])
})

test('the first generation lists its workloads, and invisible or unknown changes are named as such', () => {
  const first = { ...nothing, added: [workload], fields: ['cluster', 'webhook', 'adopt'] }
  expect(changesInWords({ ...written, generation: 1, changes: first }, en)).toEqual(['the first spec', 'added a/b'])
  expect(changesInWords({ ...written, changes: nothing }, en)).toEqual([en.nothingSeen])
  expect(changesInWords(written, en)).toEqual([en.unknown])
})
