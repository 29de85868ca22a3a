import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import { OperationLines, outcomeLines } from '../../../sandbox/terminal/lines.ts'
import { operation } from '../../../sandbox/terminal/operation.ts'

const step = { state: 'CreateRole', item: 'default/a', attempts: 1, startedAt: '2026-11-25T10:00:00.000Z' }
const ended = { ...step, status: 'succeeded', endedAt: '2026-11-25T10:00:01.500Z' }
const error = {
  name: 'OwnershipConflict',
  object: 'role r',
  reason: 'it was not made by this',
  action: 'Choose another name',
}

function operationWith(fields: Record<string, unknown>) {
  return operation.parse({
    operationId: 'op',
    cluster: 'prod-eu',
    status: 'running',
    createdAt: '2026-11-25T10:00:00.000Z',
    steps: [],
    clusterEvents: [],
    ...fields,
  })
}

function said(lines: readonly { text: string }[]): string[] {
  return lines.map(({ text }) => stripVTControlCharacters(text).trimEnd())
}

test('an ended step shows its time, what it changed, and how much it left as it was', () => {
  const changes = [
    { object: 'role r', action: 'created', detail: 'attached p' },
    { object: 'role s', action: 'unchanged' },
  ]
  expect(said(new OperationLines().newIn(operationWith({ steps: [{ ...ended, changes }] })))).toEqual([
    '  ✔ CreateRole default/a  1.5 s, 1 unchanged',
    '      created  role r  (attached p)',
  ])
})

test('a waiting step shows why, and what the cluster says of itself, oldest first', () => {
  const waiting = {
    state: 'CheckCluster',
    attempts: 1,
    startedAt: step.startedAt,
    status: 'waiting',
    waitingFor: 'no ID yet',
  }
  const clusterEvents = [
    { type: 'Warning', reason: 'Failed', message: 'no subnet' },
    { type: 'Normal', reason: 'Creating', message: 'control plane' },
  ]
  expect(said(new OperationLines().newIn(operationWith({ steps: [waiting], clusterEvents })))).toEqual([
    '  … CheckCluster waits: no ID yet',
    '      event    Creating: control plane',
    '      event    Failed: no subnet',
  ])
})

test('nothing is said twice', () => {
  const lines = new OperationLines()
  const now = operationWith({ steps: [ended], clusterEvents: [{ type: 'Normal', reason: 'A', message: 'b' }] })
  expect(lines.newIn(now)).not.toEqual([])
  expect(lines.newIn(now)).toEqual([])
})

test('a failed attempt names the object and the reason; each attempt is said', () => {
  const lines = new OperationLines()
  const failed = (attempts: number) => operationWith({ steps: [{ ...step, status: 'failed', attempts, error }] })
  expect(said(lines.newIn(failed(1)))).toEqual(['  ✖ CreateRole default/a, attempt 1: role r: it was not made by this'])
  expect(said(lines.newIn(failed(2)))).toEqual(['  ✖ CreateRole default/a, attempt 2: role r: it was not made by this'])
})

test('a failure says where, on which object, why and what to do', () => {
  const failed = operationWith({
    status: 'failed',
    endedAt: ended.endedAt,
    error: { ...error, step: 'CreateRole', item: 'default/a' },
  })
  expect(said(outcomeLines(failed))).toEqual([
    'prod-eu: failed in CreateRole for default/a (OwnershipConflict)',
    '  object    role r',
    '  reason    it was not made by this',
    '  to do     Choose another name',
  ])
})

test('a setup that went to its end says what it changed in sum, and its proofs', () => {
  const proof = {
    subject: 'system:serviceaccount:default:a',
    audience: 'sts.amazonaws.com',
    provider: 'arn:provider',
    roleArn: 'arn:role',
    assumedRoleArn: 'arn:session',
    expiresAt: '2026-11-25T10:15:00.000Z',
    policyArns: ['arn:policy'],
    inlinePolicy: true,
    mutation: 'not installed',
    refused: [
      { subject: 'system:serviceaccount:default:default', audience: 'sts.amazonaws.com', answer: 'AccessDenied' },
    ],
  }
  const changes = [
    { object: 'a', action: 'created' },
    { object: 'b', action: 'created' },
    { object: 'c', action: 'unchanged' },
  ]
  const succeeded = { status: 'succeeded', endedAt: '2026-11-25T10:00:04.000Z', steps: [{ ...ended, changes }] }
  expect(said(outcomeLines(operationWith({ ...succeeded, result: { proofs: [proof] } })))).toEqual([
    'prod-eu is set up and verified  4.0 s, 2 created',
    '',
    'Proof for system:serviceaccount:default:a',
    '  token     for sts.amazonaws.com, signed by the cluster, verified by STS',
    '  provider  arn:provider',
    '  role      arn:role',
    '  session   arn:session (as GetCallerIdentity says; without rights, and thrown away)',
    '  policies  arn:policy, an inline policy',
    '  pods      webhook not installed: pods mount the token themselves',
    '  refused   a token of system:serviceaccount:default:default for sts.amazonaws.com: AccessDenied',
  ])
  expect(said(outcomeLines(operationWith({ ...succeeded, steps: [ended] })))).toEqual([
    'prod-eu is set up and verified  4.0 s, nothing changed',
  ])
})
