import { expect, test } from 'vitest'
import { outcomeLines } from '../../../cli/view/outcome.ts'
import type { Operation } from '../../../client/api.ts'
import { said } from '../support/lines.ts'
import { operationWith, stepWith } from '../support/operations.ts'

const error = {
  name: 'OwnershipConflict',
  object: 'role r',
  reason: 'it was not made by this',
  action: 'Choose another name',
}
const succeeded = { status: 'succeeded' as const, endedAt: '2026-11-25T10:00:04.000Z' }

function linesOf(fields: Partial<Operation>): string[] {
  return said(outcomeLines(operationWith({ ...succeeded, ...fields })))
}

test('a failure shows its step, object, reason and remedy', () => {
  const failed = { status: 'failed' as const, error: { ...error, step: 'CreateRole', item: 'default/a' } }
  expect(linesOf(failed)).toEqual([
    'prod-eu: setup failed in CreateRole for default/a (OwnershipConflict)',
    '  object    role r',
    '  reason    it was not made by this',
    '  to do     Choose another name',
  ])
})

test('does not repeat a reason from the line of its step, and adds what else has failed', () => {
  const steps = [stepWith({ state: 'CreateRole', item: 'default/a', status: 'failed', error })]
  const failed = { status: 'failed' as const, steps, error: { ...error, step: 'CreateRole', item: 'default/a' } }
  expect(linesOf(failed).slice(1)).toEqual(['  to do     Choose another name'])
  const reason = `${error.reason}; other failures: Verify of default/b`
  expect(linesOf({ ...failed, error: { ...failed.error, reason } }).slice(1)).toEqual([
    '  reason    other failures: Verify of default/b',
    '  to do     Choose another name',
  ])
})

const proof = {
  subject: 'system:serviceaccount:default:a',
  audience: 'sts.amazonaws.com',
  provider: 'arn:provider',
  roleArn: 'arn:role',
  assumedRoleArn: 'arn:session',
  expiresAt: '2026-11-25T10:15:00.000Z',
  policyArns: ['arn:policy'],
  inlinePolicy: true,
  mutation: 'not installed' as const,
  refused: [
    { subject: 'system:serviceaccount:default:default', audience: 'sts.amazonaws.com', answer: 'AccessDenied' },
  ],
}

test('a successful setup shows the number of its changes, and its proofs', () => {
  const changes = (['created', 'created', 'unchanged'] as const).map((action) => ({ object: 'a', action }))
  const result = { facts: {}, providerArn: 'arn:provider', webhook: {}, proofs: [proof] }
  expect(linesOf({ steps: [stepWith({ changes })], result })).toEqual([
    'prod-eu is set up and verified for default/a  4.0 s, 2 created',
    '',
    'Proof for system:serviceaccount:default:a',
    '  token     for sts.amazonaws.com, signed by the cluster, verified by STS',
    '  provider  arn:provider',
    '  role      arn:role',
    '  session   arn:session (by GetCallerIdentity; a session policy denied all actions, and the credentials were discarded)',
    '  policies  arn:policy, an inline policy',
    '  pods      webhook not installed: pods mount the token themselves',
    '  refused   a token of system:serviceaccount:default:default for sts.amazonaws.com: AccessDenied',
  ])
  expect(linesOf({ steps: [stepWith()] })).toEqual(['prod-eu is set up and verified  4.0 s, nothing changed'])
})

test('a verification names its workloads, because others of the cluster may fail', () => {
  const proofs = ['a', 'b', 'c', 'd'].map((name) => ({ ...proof, subject: `system:serviceaccount:default:${name}` }))
  const result = { facts: {}, providerArn: 'arn:provider', webhook: {}, proofs }
  expect(linesOf({ kind: 'verification', result })[0]).toMatch(
    /^prod-eu is verified for default\/a, default\/b, default\/c and 1 more /,
  )
})

test('a verification of a rotation without tokens of other accounts or audiences shows when they were last refused', () => {
  const refusedAt = '2026-11-25T00:03:12.000Z'
  const proofs = [{ ...proof, refused: [], refusedAt }]
  const lines = linesOf({
    kind: 'verification',
    result: { facts: {}, providerArn: 'arn:provider', webhook: {}, proofs },
  })
  expect(lines.filter((line) => line.startsWith('  refused'))).toEqual([
    `  refused   tokens of other accounts and audiences, at ${refusedAt}: a rotation tries them once a day`,
  ])
})

test('a plan shows the writes with their fields, unknown objects, additions, and the reason of a refusal', () => {
  const result = {
    outcome: 'refused' as const,
    problems: [{ ...error, notCompared: [] }],
    writes: [
      {
        object: 'role s',
        action: 'updated' as const,
        detail: 'trust policy',
        differences: [{ field: 'Condition', observed: { a: 1 }, desired: 'b', manager: 'kubectl' }],
        step: 'CreateRole',
      },
    ],
    unknown: [{ object: 'provider p', reason: 'its issuer is not known yet' }],
    waitingFor: 'put the kubeconfig into a secret',
    additions: [{ object: 'role s', field: 'policy sns' }],
    summary: { created: 0, updated: 1, adopted: 0, deleted: 0, unchanged: 0, temporary: 0, unknown: 1, problems: 1 },
  }
  expect(linesOf({ kind: 'plan', dryRun: true, result })).toEqual([
    'prod-eu was planned  4.0 s',
    'A setup would be refused:',
    '  refused   role r: it was not made by this',
    '  to do     Choose another name',
    '      would update role s  (trust policy)',
    '               Condition  (owned by kubectl)',
    '               - {"a":1}',
    '               + b',
    '  total     1 to change',
    '  unknown   provider p: its issuer is not known yet',
    '  waits     put the kubeconfig into a secret',
    '  kept      role s: policy sns, which another owner has added',
  ])
})

test('a plan shows the trust policy of a role that would be created', () => {
  const object = 'arn:aws:iam::000000000000:role/r'
  const made = { trustPolicy: { Statement: ['https://issuer.example/prod-eu'] } }
  const result = {
    outcome: 'changes' as const,
    problems: [],
    writes: [{ object, action: 'created' as const, step: 'CreateRole' }],
    unknown: [],
    waitingFor: 'set the issuer',
    additions: [],
    summary: { created: 1, updated: 0, adopted: 0, deleted: 0, unchanged: 0, temporary: 0, unknown: 0, problems: 0 },
  }
  const steps = [stepWith({ changes: [{ object, action: 'created', made }] })]
  expect(linesOf({ kind: 'plan', dryRun: true, steps, result }).slice(1)).toEqual([
    'A setup would write this:',
    `      would create ${object}`,
    '               trustPolicy',
    '               + {"Statement":["https://issuer.example/prod-eu"]}',
    '  total     1 to create',
    '  waits     set the issuer',
  ])
})

const counts = { created: 0, updated: 0, adopted: 0, deleted: 0, unchanged: 3 }
const noChanges = { ...counts, temporary: 0, unknown: 0, problems: 0 }
const noPlan = { outcome: 'changes' as const, problems: [], writes: [], unknown: [], additions: [] }
const canary = { object: 'Pod canary', action: 'created' as const, temporary: true as const, step: 'CheckWebhook' }

test('a plan counts what stays by action, and leaves out what is gone at the end', () => {
  const write = { object: 'role r', action: 'created' as const, step: 'CreateRole' }
  const summary = { ...noChanges, created: 18, updated: 2, deleted: 1, temporary: 1 }
  const result = { ...noPlan, writes: [write, canary], summary }
  expect(linesOf({ kind: 'plan', dryRun: true, result }).slice(1)).toEqual([
    'A setup would write this:',
    '      would create role r',
    '  total     18 to create, 2 to change, 1 to delete',
    '  temporary 1 object to test the webhook, which the setup deletes again',
  ])
})

test('a plan with temporary objects only says that nothing stays changed', () => {
  const result = { ...noPlan, writes: [canary, { ...canary, object: 'b' }], summary: { ...noChanges, temporary: 2 } }
  expect(linesOf({ kind: 'plan', dryRun: true, result }).slice(1)).toEqual([
    'A setup would change nothing that stays.',
    '  temporary 2 objects to test the webhook, which the setup deletes again',
  ])
})

test('a plan shows each thing that it waits for on its own line, and once', () => {
  const waitingFor = 'publish the documents; put the kubeconfig into a secret'
  const reason = `${waitingFor}; role r: no access`
  const result = { ...noPlan, outcome: 'incomplete' as const, reason, waitingFor, summary: noChanges }
  expect(linesOf({ kind: 'plan', dryRun: true, result }).slice(2)).toEqual([
    '  reason    role r: no access',
    '  waits     publish the documents',
    '            put the kubeconfig into a secret',
  ])
})

const inSync = { differences: 0, missing: 0, changed: 0, additions: 0, unreachable: 0, problems: 0 }
const nothing = { missing: [], changed: [], additions: [], unreachable: [], problems: [] }

test('a drift shows missing, changed, added and uncompared objects with their severities, the worst first', () => {
  const result = {
    missing: [{ object: 'role r', severity: 'function' as const }],
    changed: [
      { object: 'role s', severity: 'cosmetic' as const },
      {
        ...{ object: 'provider p', severity: 'security' as const, field: 'thumbprints' },
        ...{ observed: ['a'], desired: ['b'] },
      },
    ],
    additions: [
      { object: 'role s', field: 'policy sns', severity: 'security' as const },
      { object: 'role t', severity: 'cosmetic' as const },
    ],
    unreachable: [{ ...error, object: 'API server' }],
    problems: [],
    toDo: '"wid drift prod-eu --repair" sends the recorded spec again',
    summary: { ...inSync, severity: 'security' as const, differences: 3 },
  }
  expect(linesOf({ kind: 'drift', dryRun: true, result })).toEqual([
    'prod-eu was compared with its spec  4.0 s',
    '  severity  security',
    '  missing   role r (function)',
    '  changed   provider p (security)',
    '               thumbprints',
    '               desired: ["b"]',
    '               observed: ["a"]',
    '  changed   role s (cosmetic)',
    '               the object',
    '  added     role s: policy sns (security)',
    '  added     role t (cosmetic)',
    '  problem   API server: it was not made by this',
    '  to do     Choose another name',
    '  to do     "wid drift prod-eu --repair" sends the recorded spec again',
  ])
})

test('a drift shows a value only in the spec as missing, and a value only in the object as added', () => {
  const severity = 'security' as const
  const changed = [
    { object: 'role r', field: 'policyArns', desired: 'arn:a', severity },
    { object: 'role r', field: 'policyArns', observed: 'arn:b', severity },
  ]
  const result = { ...nothing, changed, summary: { ...inSync, severity, differences: 2 } }
  expect(linesOf({ kind: 'drift', dryRun: true, result }).slice(2)).toEqual([
    '  missing   role r: policyArns (security)',
    '               desired: arn:a',
    '  added     role r: policyArns (security)',
    '               observed: arn:b',
  ])
})

test('a drift without a difference says so', () => {
  const result = { ...nothing, summary: inSync }
  expect(linesOf({ kind: 'drift', dryRun: true, result })).toContain('Everything is as the spec says.')
})

test('a dry run of a teardown shows which pods would lose their role', () => {
  const pods = [{ namespace: 'default', serviceAccount: 'a', pods: ['one'], count: 1 }]
  const result = { remaining: [], abandoned: [], pods }
  expect(linesOf({ kind: 'teardown', dryRun: true, result })).toEqual([
    'prod-eu dry run of a teardown: nothing was changed  4.0 s',
    '  in use    1 pods run as default/a, which loses its role',
  ])
})

test('the removal of a workload is not called a teardown of its cluster', () => {
  const workload = { namespace: 'default', serviceAccount: 'two' }
  const removal = { kind: 'teardown' as const, workload }
  expect(linesOf(removal)).toEqual(['default/two is removed from prod-eu  4.0 s, nothing changed'])
  expect(linesOf({ ...removal, dryRun: true })).toEqual([
    'default/two dry run of a removal from prod-eu: nothing was changed  4.0 s',
  ])
  expect(linesOf({ ...removal, status: 'failed' })).toEqual(['default/two: removal from prod-eu failed'])
})

test('a teardown shows the objects that stay, and the commands that remove them', () => {
  const stays = [
    { object: 'Namespace apps', reason: 'there is more in it' },
    { object: 'rights on cluster prod-eu', reason: 'granted', command: 'kubectl delete clusterrole' },
  ]
  const lines = outcomeLines(
    operationWith({ ...succeeded, kind: 'teardown', result: { remaining: [], abandoned: [], stays } }),
  )
  expect(lines.slice(1)).toMatchObject([
    { text: '  stays     Namespace apps: there is more in it' },
    { text: '  stays     rights on cluster prod-eu: granted' },
    { text: '  remove    kubectl delete clusterrole', isWhole: true },
  ])
})

test('a failed teardown shows remaining and abandoned objects with reasons and remedies', () => {
  const result = { remaining: [error], abandoned: [{ ...error, object: 'account b' }] }
  expect(linesOf({ kind: 'teardown', status: 'failed', result })).toEqual([
    'prod-eu: teardown failed',
    '  remains   role r',
    '  reason    it was not made by this',
    '  to do     Choose another name',
    '  abandoned account b: it was not made by this',
  ])
})

test('a rotation shows the outcome of each cluster', () => {
  const result = {
    clusters: [
      { cluster: 'a', outcome: 'unchanged' as const },
      { cluster: 'b', outcome: 'skipped' as const, why: 'busy' },
      { cluster: 'c', outcome: 'failed' as const, error },
    ],
    counts: {},
  }
  const operation = operationWith({ ...succeeded, kind: 'rotation', result })
  const { cluster: _, ...all } = operation
  expect(said(outcomeLines(all))).toEqual([
    'All clusters are up to date  4.0 s, nothing changed',
    '  unchanged a',
    '  skipped   b (busy)',
    '  failed    c (role r: it was not made by this. Choose another name)',
  ])
})

test('a key refresh shows published and revoked keys, and when AWS uses them', () => {
  const result = { published: ['k1', 'k2'], added: ['k2'], kept: [], revoked: ['k0'], takesEffect: 'in five minutes' }
  expect(linesOf({ kind: 'key-refresh', result })).toEqual([
    'prod-eu has its signing keys published  4.0 s, nothing changed',
    '  published k1, k2',
    '  revoked   k0',
    '  effective in five minutes',
  ])
})
