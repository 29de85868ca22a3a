import { expect, test } from 'vitest'
import { partitionKeys } from '../../infra/permissions/permissions.ts'
import { claimKinds } from '../../lambdas/claims/kinds.ts'
import { type ItemKey, keys } from '../../lambdas/operations/record/table.ts'

const items: Readonly<Record<keyof typeof keys, ItemKey>> = {
  operation: keys.operation('id'),
  request: keys.request('id'),
  step: keys.step('id', 'CreateRole'),
  open: keys.open('id'),
  cluster: keys.cluster('prod'),
  lock: keys.lock('prod'),
  workloads: keys.workloads('prod'),
  workload: keys.workload('prod', 'default', 'app'),
  thumbprints: keys.thumbprints('prod'),
  attempts: keys.attempts('prod'),
  pendingExpiry: keys.pendingExpiry('prod', 'id'),
  waiting: keys.waiting('prod', 'id'),
  generation: keys.generation('prod', 1),
  idempotency: keys.idempotency('hash'),
  caller: keys.caller('name'),
  agent: keys.agent('prod'),
  agentCode: keys.agentCode('prod'),
  agentWaiting: keys.agentWaiting('prod'),
  agentRequest: keys.agentRequest('prod', 'id'),
  agentAnswer: keys.agentAnswer('prod', 'id'),
  claim: keys.claim('role', 'name'),
}

const ofItems = [
  ...new Set([
    ...Object.values(items).map(({ pk }) => pk),
    keys.lock(undefined).pk,
    ...claimKinds.map((kind) => keys.claim(kind, 'name').pk),
  ]),
]

function matches(pattern: string, pk: string): boolean {
  return pattern.endsWith('*') ? pk.startsWith(pattern.slice(0, -1)) : pk === pattern
}

test.for(ofItems)('the partition key %s matches one pattern', (pk) => {
  expect(Object.values(partitionKeys).filter((pattern) => matches(pattern, pk))).toHaveLength(1)
})

test.for(Object.entries(partitionKeys))('some items match the pattern of the kind %s', ([, pattern]) => {
  expect(ofItems.some((pk) => matches(pattern, pk))).toBe(true)
})
