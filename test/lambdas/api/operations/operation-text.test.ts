import fc from 'fast-check'
import { expect, test } from 'vitest'
import { operationText } from '../../../../lambdas/api/operations/operation-text.ts'
import type { OperationView } from '../../../../lambdas/api/operations/views.ts'

const at = (second: number) => `2026-11-25T12:00:${String(second).padStart(2, '0')}.000Z`

const running: OperationView = {
  operationId: '0199f3c2',
  kind: 'setup',
  cluster: 'prod-eu',
  status: 'running',
  requestedBy: 'arn:aws:iam::000000000000:user/ada',
  createdAt: at(0),
  startedAt: at(1),
  request: {},
  steps: [
    {
      state: 'CheckCluster',
      status: 'succeeded',
      attempts: 1,
      startedAt: at(1),
      endedAt: at(3),
      changes: [{ object: 'Secret a', action: 'unchanged' }],
    },
    {
      state: 'CreateRole',
      item: 'default/s3-reader',
      status: 'succeeded',
      attempts: 2,
      startedAt: at(3),
      endedAt: at(4),
      changes: [{ object: 'arn:role', action: 'created', detail: 'with its boundary' }],
    },
    {
      state: 'CheckWebhook',
      status: 'waiting',
      attempts: 3,
      startedAt: at(4),
      changes: [{ object: 'Deployment a', action: 'updated' }],
      waitingFor: '1 of 2 pods\n\u001b[31mis ready',
    },
  ],
  clusterEvents: [{ type: 'Warning', reason: 'FailedScheduling', message: 'no node', time: at(2) }],
}

test('a running operation shows its steps with times and attempts, and what it waits for', () => {
  expect(operationText(running)).toBe(`setup of prod-eu: running
  operation  0199f3c2
  requested  ${at(0)} by arn:aws:iam::000000000000:user/ada
  started    ${at(1)}

succeeded CheckCluster  ${at(1)}, took 2.0 s
succeeded CreateRole default/s3-reader  ${at(3)}, took 1.0 s, 2 attempts
  created    arn:role (with its boundary)
waiting   CheckWebhook  ${at(4)}, 3 attempts
  waits for  1 of 2 pods  [31mis ready
  updated    Deployment a

events of the cluster:
  ${at(2)} Warning FailedScheduling: no node
`)
})

test('a failed operation shows the failed step, the reason and what to do', () => {
  const error = { name: 'AccessDenied', object: 'ServiceAccount default/s3-reader', reason: 'no', action: 'Grant it' }
  const failed: OperationView = {
    ...running,
    status: 'failed',
    endedAt: at(10),
    steps: [{ state: 'BindKsa', status: 'failed', attempts: 1, startedAt: at(5), changes: [], error }],
    clusterEvents: [],
    error: { ...error, step: 'BindKsa', item: 'default/s3-reader' },
  }
  expect(operationText(failed)).toBe(`setup of prod-eu: failed
  operation  0199f3c2
  requested  ${at(0)} by arn:aws:iam::000000000000:user/ada
  started    ${at(1)}
  ended      ${at(10)}, after 10.0 s

failed    BindKsa  ${at(5)}
  name       AccessDenied
  object     ServiceAccount default/s3-reader
  reason     no
  to do      Grant it

error:
  name       AccessDenied
  step       BindKsa default/s3-reader
  object     ServiceAccount default/s3-reader
  reason     no
  to do      Grant it
`)
})

test.each(['plan', 'teardown'] as const)(
  'changes in a dry run of the kind %s are written as what would be done',
  (kind) => {
    const changes = [
      { object: 'arn:role', action: 'deleted' as const, detail: 'would be deleted' },
      { object: 'arn:other', action: 'updated' as const, detail: 'its tags' },
      { object: 'arn:third', action: 'updated' as const, detail: 'a policy would be detached' },
    ]
    const step = { state: 'DeleteRole', status: 'succeeded' as const, attempts: 1, startedAt: at(5), changes }
    const text = operationText({ ...running, kind, dryRun: true, steps: [step] })
    expect(text).toContain(`  would be deleted  arn:role
  would be updated  arn:other (its tags)
  would be updated  arn:third (a policy would be detached)
`)
  },
)

test('the removal of one workload is not called a teardown of its cluster', () => {
  const workload = { namespace: 'default', serviceAccount: 's3-reader' }
  const text = operationText({ ...running, kind: 'teardown', workload, dryRun: true })
  expect(text.split('\n')[0]).toBe('dry run of a removal of default/s3-reader from prod-eu: running')
})

test('a result is shown as an outline, and the first line names a dry run of all clusters', () => {
  const { cluster: _, startedAt: __, ...rest } = running
  const result = { clusters: [{ cluster: 'a', outcome: 'renewed' as const }], counts: { renewed: 1 } }
  const text = operationText({ ...rest, kind: 'rotation', dryRun: true, status: 'succeeded', steps: [], result })
  expect(text.split('\n')[0]).toBe('dry run of a rotation of all clusters: succeeded')
  expect(text.split('\n')[3]).toBe('')
  expect(text).toContain('\nresult:\n  clusters:\n    - cluster: a\n      outcome: renewed\n')
})

test('no text of a cluster or of AWS controls the terminal, or adds a line', () => {
  const evil = fc.constantFrom(
    '\u001b[2J',
    '\u009b31m',
    '\n',
    '\r',
    '\u2028',
    '\u202e',
    '\u200d',
    '\u{e0041}',
    '\ud800',
  )
  const texts = fc.array(fc.oneof(fc.string({ unit: 'binary' }), evil), { minLength: 1 }).map((parts) => parts.join(''))
  const textWith = (text: string) => {
    const error = { name: text, object: text, reason: text, action: text, step: text, item: text }
    const changes = [{ object: text, action: 'created' as const, detail: text }]
    const steps = running.steps.map((step) => ({ ...step, state: text, item: text, waitingFor: text, changes, error }))
    const clusterEvents = [{ type: text, reason: text, message: text, time: text }]
    const result = { clusters: [{ cluster: text, outcome: 'failed' as const, why: text }], counts: { failed: 1 } }
    return operationText({ ...running, cluster: text, requestedBy: text, steps, clusterEvents, error, result }).split(
      '\n',
    )
  }
  const lines = textWith('a').length
  fc.assert(
    fc.property(texts, (text) => {
      const shown = textWith(text)
      expect(shown.filter((line) => /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(line))).toEqual([])
      expect(shown).toHaveLength(lines)
    }),
  )
})

test('a task for a person is shown as commands, with deadline and page, instead of the reason', () => {
  const step = {
    state: 'CheckIssuer',
    status: 'waiting' as const,
    attempts: 1,
    startedAt: at(1),
    changes: [],
    waitingFor: 'a paragraph',
    waitsUntil: at(9),
    task: {
      title: 'Set the issuer',
      commands: [{ purpose: 'In the file, set', command: 'a:\n  - b' }],
      link: 'docs/issuer.md#k3s',
    },
  }
  const { link: _, ...withoutPage } = step.task
  const head = { ...running, clusterEvents: [] }
  expect(operationText({ ...head, steps: [{ ...step, task: withoutPage }] })).toMatch(/ {2}until {6}\S+\n$/)
  expect(operationText({ ...running, steps: [step] })).toContain(`  waits for  Set the issuer
  to do      In the file, set
      a:
        - b
  until      ${at(9)}
  more       docs/issuer.md#k3s
`)
})

test('an operation names the operation that it waits for, and the one that has brought it about', () => {
  const text = operationText({ ...running, steps: [], clusterEvents: [], waitsFor: 'op-1', broughtAboutBy: 'op-2' })
  expect(text).toContain(`ada
  waits for  operation op-1
  by         operation op-2
  started `)
})
