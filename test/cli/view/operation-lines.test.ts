import { expect, test } from 'vitest'
import { OperationLines } from '../../../cli/view/operation-lines.ts'
import { said } from '../support/lines.ts'
import { operationWith, stepWith } from '../support/operations.ts'

const step = stepWith({ item: 'default/a' })
const ended = stepWith({ item: 'default/a', status: 'succeeded', endedAt: '2026-11-25T10:00:01.500Z' })
const error = {
  name: 'OwnershipConflict',
  object: 'role r',
  reason: 'it was not made by this',
  action: 'Choose another name',
}

test('an ended step shows its duration, its changes, and the number of unchanged objects', () => {
  const changed = stepWith({
    ...ended,
    changes: [
      { object: 'role r', action: 'created', detail: 'attached p' },
      { object: 'role s', action: 'unchanged' },
    ],
  })
  expect(said(new OperationLines().newIn(operationWith({ steps: [changed] })))).toEqual([
    '  ✔ CreateRole default/a  1.5 s, 1 unchanged',
    '      created  role r  (attached p)',
  ])
})

test('a waiting operation names the operation that changes the cluster, and then the one that applies its spec', () => {
  const lines = new OperationLines()
  const waits = operationWith({ waits: true, waitsFor: 'op-1' })
  expect(said(lines.newIn(waits))).toEqual(['  … waits for operation op-1, which is changing the cluster'])
  expect(said(lines.newIn(waits))).toEqual([])
  const follows = operationWith({ waits: true, broughtAboutBy: 'op-2', steps: [step] })
  expect(said(lines.newIn(follows))).toEqual(['  · operation op-2 applies this change'])
})

test('a waiting step shows why, and the events of the cluster, oldest first', () => {
  const waiting = stepWith({ state: 'CheckCluster', status: 'waiting', waitingFor: 'no ID yet' })
  const time = '2026-11-25T10:00:00.000Z'
  const clusterEvents = [
    { time, type: 'Warning', reason: 'Failed', message: 'no subnet' },
    { time, type: 'Normal', reason: 'Creating', message: 'control plane' },
  ]
  expect(said(new OperationLines().newIn(operationWith({ steps: [waiting], clusterEvents })))).toEqual([
    '  … CheckCluster waits: no ID yet',
    '      event    Creating: control plane',
    '      event    Failed: no subnet',
  ])
})

test('a task for a person shows its commands, each below its purpose, with deadline and page', () => {
  const task = {
    title: 'Set the issuer on the API servers',
    commands: [
      { purpose: 'In the file of each server, set', command: 'a:\n  - b' },
      { purpose: 'Apply it', command: 'systemctl restart k3s' },
    ],
    link: 'docs/issuer.md#k3s',
  }
  const waitsUntil = '2026-11-25T11:00:00.000Z'
  const waiting = stepWith({ state: 'CheckIssuer', status: 'waiting', waitingFor: 'a paragraph', task, waitsUntil })
  expect(said(new OperationLines().newIn(operationWith({ steps: [waiting] })))).toEqual([
    '  … CheckIssuer waits: Set the issuer on the API servers',
    '      In the file of each server, set:',
    '          a:',
    '            - b',
    '      Apply it:',
    '          systemctl restart k3s',
    expect.stringMatching(`until +${waitsUntil}`),
    expect.stringMatching('more +docs/issuer.md#k3s'),
  ])
})

test('prints nothing twice', () => {
  const lines = new OperationLines()
  const event = { time: '2026-11-25T10:00:00.000Z', type: 'Normal', reason: 'A', message: 'b' }
  const now = operationWith({ steps: [ended], clusterEvents: [event] })
  expect(lines.newIn(now)).not.toEqual([])
  expect(lines.newIn(now)).toEqual([])
})

test('prints each failed attempt with its object and its reason', () => {
  const lines = new OperationLines()
  const failed = (attempts: number) => operationWith({ steps: [{ ...step, status: 'failed', attempts, error }] })
  expect(said(lines.newIn(failed(1)))).toEqual(['  ✖ CreateRole default/a, attempt 1: role r: it was not made by this'])
  expect(said(lines.newIn(failed(2)))).toEqual(['  ✖ CreateRole default/a, attempt 2: role r: it was not made by this'])
})

test('a failed step lists its changes', () => {
  const changes = [
    { object: 'role r', action: 'created' as const },
    { object: 'role s', action: 'unchanged' as const },
  ]
  const failed = operationWith({ steps: [{ ...step, status: 'failed', error, changes }] })
  expect(said(new OperationLines().newIn(failed)).slice(1)).toEqual(['      created  role r'])
})

test('a step of a dry run says what it would do', () => {
  const changes = [
    { object: 'role r', action: 'deleted' as const, detail: 'would be deleted' },
    { object: 'account a', action: 'updated' as const, detail: 'would be updated: its annotation' },
  ]
  const dryRun = operationWith({ kind: 'teardown', dryRun: true, steps: [{ ...ended, changes }] })
  expect(said(new OperationLines().newIn(dryRun)).slice(1)).toEqual([
    '      would delete role r',
    '      would update account a  (its annotation)',
  ])
})

test.for(['plan', 'drift'] as const)('a step of a %s shows no change, because none was made', (kind) => {
  const changed = stepWith({ ...ended, changes: [{ object: 'role r', action: 'created' }] })
  expect(said(new OperationLines().newIn(operationWith({ kind, steps: [changed] })))).toEqual([
    '  ✔ CreateRole default/a  1.5 s',
  ])
})
