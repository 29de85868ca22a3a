import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { RecordedWorkload } from '../../../../lambdas/operations/record/cluster-record.ts'
import type { RoleRecord } from '../../../../lambdas/operations/record/record.ts'
import { knownLater } from '../../../../lambdas/webhook/observed/pending.ts'
import { driftOf, driftRequest } from '../../../../lambdas/workflows/comparison/drift.ts'
import { bareRole, clusterRecord, workloadRecord } from '../../../support/api/cluster-record.ts'
import { setUpStatus } from '../../../support/api/operations.ts'
import {
  driftRequest as desired,
  facts,
  failedWith,
  item,
  recordedSteps,
  request,
  waitingFor,
} from '../../../support/steps/compared-steps.ts'

/** The drift of unchanged objects, except where these steps recorded something else. */
const driftWith = (otherwise?: Parameters<typeof recordedSteps>[0]) => driftOf(desired, recordedSteps(otherwise))

const none = { missing: [], changed: [], additions: [], unreachable: [], problems: [] }

test('objects that match the spec have no drift', () => {
  expect(driftWith()).toEqual({
    ...none,
    summary: { differences: 0, missing: 0, changed: 0, additions: 0, unreachable: 0, problems: 0 },
  })
})

test('an object that a setup would create again is missing', () => {
  const drift = driftWith({ CreateRole: { item, changes: [{ object: 'arn:role', action: 'created' }] } })
  expect(drift).toMatchObject({
    ...none,
    missing: [{ object: 'arn:role', severity: 'function' }],
    summary: { severity: 'function', differences: 1 },
  })
})

test('a report with a difference has the command that repairs it, and one without has none', () => {
  const changes = [{ object: 'arn:role', action: 'created' as const }]
  expect(driftWith({ CreateRole: { item, changes } }).toDo).toBe(
    `Run "wid drift ${request.cluster.name} --repair", which sends the recorded spec again`,
  )
  expect(driftWith()).not.toHaveProperty('toDo')
})

test('a problem without a difference needs no repair', () => {
  const { toDo } = driftWith({ CheckWebhook: waitingFor('no pod is ready') })
  expect(toDo).toBe(`Do what each problem asks for. Then run "wid drift ${request.cluster.name}" again`)
})

test('a changed field is reported with its desired and observed value and its field manager', () => {
  const difference = { field: 'spec.replicas', desired: 2, observed: 1, manager: 'kubectl-edit', changedAt: 'then' }
  const changes = [{ object: 'Deployment a/b', action: 'updated' as const, differences: [difference] }]
  expect(driftWith({ DeployWebhook: { changes } })).toMatchObject({
    changed: [{ object: 'Deployment a/b', severity: 'function', ...difference }],
    summary: { severity: 'function', differences: 1 },
  })
})

test('a changed object without fields is reported with the detail of its change, if it has one', () => {
  const changes = [
    { object: 'gs://bucket', action: 'updated' as const, detail: 'labels' },
    { object: 'arn:role', action: 'updated' as const },
  ]
  expect(driftWith({ CreateBucket: { changes } }).changed).toStrictEqual([
    { object: 'gs://bucket', field: 'labels', severity: 'cosmetic' },
    { object: 'arn:role', severity: 'security' },
  ])
})

test('an object that a setup may not change is reported as changed, and as a problem', () => {
  const refused = { name: 'FieldConflict', object: 'o', reason: 'another owns it', action: 'Give it up' }
  const changes = [{ object: 'o', action: 'updated' as const, differences: [{ field: 'f' }], refused }]
  expect(driftWith({ DeployWebhook: { changes } })).toMatchObject({
    changed: [{ object: 'o', field: 'f' }],
    problems: [{ ...refused, step: 'DeployWebhook' }],
  })
})

test('a removed ownership tag is a drift, and the tag of an adoption that would follow is none', () => {
  const differences = [
    { field: 'tags.workload-identity:deployment', desired: 'd' },
    { field: 'tags.workload-identity:adopted', desired: 'true' },
  ]
  const changes = [{ object: 'arn:role', action: 'adopted' as const, differences }]
  expect(driftWith({ CreateRole: { item, changes } }).changed).toMatchObject([
    { object: 'arn:role', field: 'tags.workload-identity:deployment', desired: 'd' },
  ])
})

test('a removed tag of an adoption is a drift', () => {
  const differences = [{ field: 'tags.workload-identity:adopted', desired: 'true' }]
  const changes = [{ object: 'arn:role', action: 'updated' as const, differences }]
  expect(driftWith({ CreateRole: { item, changes } }).changed).toMatchObject([
    { object: 'arn:role', field: 'tags.workload-identity:adopted', desired: 'true' },
  ])
})

test('a temporary object is no drift', () => {
  const object = 'MutatingWebhookConfiguration pod-identity-webhook-canary'
  const drift = driftWith({
    CheckWebhook: { changes: [{ object, action: 'created', temporary: true }] },
    ActivateWebhook: { changes: [{ object, action: 'deleted', temporary: true }] },
  })
  expect(drift).toMatchObject(none)
})

test('leftovers of an earlier setup and additions of others are reported as additions', () => {
  const additions = [{ field: 'policyArns', observed: 'arn:foreign' }]
  const drift = driftWith({
    ActivateWebhook: { changes: [{ object: 'leftover', action: 'deleted' }] },
    CreateRole: { item, changes: [{ object: 'arn:role', action: 'unchanged', additions }] },
  })
  expect(drift).toMatchObject({
    additions: [{ object: 'leftover' }, { object: 'arn:role', field: 'policyArns', observed: 'arn:foreign' }],
    summary: { differences: 0, additions: 2 },
  })
})

describe('the severity of a drift', () => {
  const roleArn = 'arn:aws:iam::000000000000:role/r'
  const changesOf = (fields: readonly string[]) => [
    { object: roleArn, action: 'updated' as const, differences: fields.map((field) => ({ field, observed: 'x' })) },
  ]
  const severityOf = (...steps: Parameters<typeof driftWith>) => driftWith(...steps).summary.severity

  test('is that of the worst difference', () => {
    expect(severityOf({ CreateRole: { item, changes: changesOf(['description']) } })).toBe('cosmetic')
    expect(severityOf({ CreateRole: { item, changes: changesOf(['description', 'trustPolicy']) } })).toBe('security')
  })

  test('includes additions of others that are security, and no leftovers of a setup', () => {
    const additions = [{ field: 'policyArns', observed: 'arn:foreign' }]
    const changes = [{ object: roleArn, action: 'unchanged' as const, additions }]
    expect(severityOf({ CreateRole: { item, changes } })).toBe('security')
    expect(severityOf({ ActivateWebhook: { changes: [{ object: 'leftover', action: 'deleted' }] } })).toBeUndefined()
  })

  test('is function when an object could not be read, or is not ready', () => {
    expect(severityOf({ RegisterOidc: failedWith('Unreachable') })).toBe('function')
    expect(severityOf({ CheckCluster: waitingFor('no documents') })).toBe('function')
  })
})

test('no value of a Secret is reported', () => {
  const differences = fc.array(fc.record({ field: fc.string(), desired: fc.string(), observed: fc.string() }))
  const actions = fc.constantFrom('updated' as const, 'adopted' as const, 'unchanged' as const)
  fc.assert(
    fc.property(actions, differences, differences, (action, changed, additions) => {
      const changes = [{ object: 'Secret a/b', action, differences: changed, additions }]
      const drift = driftWith({ DeployWebhook: { changes } })
      for (const reported of [...drift.changed, ...drift.additions]) {
        expect(reported).not.toHaveProperty('desired')
        expect(reported).not.toHaveProperty('observed')
      }
    }),
  )
})

test('the policy of a missing bucket is not reported', () => {
  const changes = [
    { object: 'gs://bucket', action: 'created' as const },
    { object: 'IAM policy of gs://bucket', action: 'updated' as const, differences: [{ field: 'bindings' }] },
  ]
  expect(driftWith({ CreateBucket: { changes } })).toMatchObject({
    missing: [{ object: 'gs://bucket' }],
    changed: [],
  })
})

test('a change that follows from a missing certificate is not reported', () => {
  const field = 'webhooks[x].clientConfig.caBundle'
  const drift = driftWith({
    DeployWebhook: { changes: [{ object: 'Secret w/pod-identity-webhook-tls', action: 'created' }] },
    ActivateWebhook: {
      changes: [
        { object: 'configuration', action: 'updated', differences: [{ field, desired: knownLater, observed: 'a' }] },
      ],
    },
  })
  expect(drift).toMatchObject({
    missing: [{ object: 'Secret w/pod-identity-webhook-tls' }],
    changed: [],
  })
})

test('a cluster that was created again has another ID', () => {
  const output = { ...facts, clusterId: 'id-2', kubernetesVersion: '1.34.0' }
  expect(driftWith({ CheckCluster: { output } }).changed).toEqual([
    { object: 'cluster prod-eu', field: 'clusterId', severity: 'function', desired: 'id-1', observed: 'id-2' },
  ])
})

describe('an object that cannot be read', () => {
  test('is listed as unreachable, and the others are compared', () => {
    const drift = driftWith({
      CheckCluster: failedWith('InvalidCredentials', 'arn:secret'),
      DeployWebhook: failedWith('InvalidCredentials', 'arn:secret'),
      CheckWebhook: undefined,
      ActivateWebhook: undefined,
      CreateRole: { item, changes: [{ object: 'arn:role', action: 'created' }] },
      BindKsa: { item, ...failedWith('InvalidCredentials', 'arn:secret') },
    })
    const { unreachable, missing, problems } = drift
    expect(unreachable.map(({ object }) => object)).toEqual(
      expect.arrayContaining([
        'cluster prod-eu',
        'Secret workload-identity-webhook/pod-identity-webhook-tls',
        'Deployment workload-identity-webhook/pod-identity-webhook',
        'MutatingWebhookConfiguration pod-identity-webhook',
        `ServiceAccount ${item}`,
      ]),
    )
    expect(unreachable[0]).toEqual({
      object: 'cluster prod-eu',
      name: 'InvalidCredentials',
      reason: 'arn:secret: it broke',
      action: 'Correct it',
    })
    expect({ missing, problems }).toMatchObject({ missing: [{ object: 'arn:role' }], problems: [] })
  })

  test('is reported even if no compared object depends on it', () => {
    const drift = driftWith({ CheckWebhook: failedWith('Unreachable', 'https://api') })
    expect(drift.unreachable).toMatchObject([{ object: 'https://api', reason: 'it broke' }])
  })

  test.each(['OwnershipConflict', 'Unsupported', 'Lambda.AWSLambdaException'])('because of %s is a problem', (name) => {
    const { problems, unreachable } = driftWith({ RegisterOidc: failedWith(name) })
    expect(problems).toMatchObject([{ name, step: 'RegisterOidc', notCompared: ['arn:provider'] }])
    expect(unreachable).toEqual([])
  })
})

test('objects of a step that was not reached are listed with the step before it, and with no other', () => {
  const drift = driftWith({
    RegisterOidc: failedWith('Unsupported'),
    DeployWebhook: failedWith('Unsupported'),
    CheckWebhook: undefined,
    ActivateWebhook: undefined,
  })
  const configuration = 'MutatingWebhookConfiguration pod-identity-webhook'
  const problems = drift.problems.map(({ step, notCompared }) => [step, notCompared.includes(configuration)])
  expect(Object.fromEntries(problems)).toEqual({ RegisterOidc: false, DeployWebhook: true })
})

describe('an object that is not ready', () => {
  const action = expect.any(String)

  test('is a problem of the cluster, with its reason', () => {
    expect(driftWith({ CheckCluster: waitingFor('no documents') }).problems).toEqual([
      {
        ...{ name: 'ClusterNotReady', object: 'cluster prod-eu', reason: 'no documents', action },
        ...{ step: 'CheckCluster', notCompared: [] },
      },
    ])
  })

  test('is no problem of a cluster that became ready during the drift', () => {
    const CheckCluster = { ...waitingFor('no documents'), status: 'succeeded' as const, output: facts }
    expect(driftWith({ CheckCluster }).problems).toEqual([])
  })

  test('is a problem of the webhook, unless one of its objects is missing or changed', () => {
    const CheckWebhook = waitingFor('1 of 2 pods are available')
    const object = 'Deployment workload-identity-webhook/pod-identity-webhook'
    expect(driftWith({ CheckWebhook }).problems).toEqual([
      {
        ...{ name: 'WebhookNotReady', object, reason: '1 of 2 pods are available', action },
        ...{ step: 'CheckWebhook', notCompared: [] },
      },
    ])
    const same = { object, action: 'unchanged' as const }
    const DeployWebhook = { changes: [same, { object: 'Service a/b', action: 'created' as const }] }
    expect(driftWith({ CheckWebhook, DeployWebhook }).problems).toEqual([])
  })
})

describe('the request of a drift', () => {
  const { workloads: _, ...newest } = request
  const recorded = clusterRecord({ spec: newest, status: setUpStatus({ facts, providerArn: 'arn:provider' }) })
  const workload = (serviceAccount: string, rest: Partial<RoleRecord> = { applied: bareRole }): RecordedWorkload => {
    const role = { roleName: 'r', roleArn: `arn:${serviceAccount}`, policyArns: [], ...rest }
    return workloadRecord({ namespace: 'default', serviceAccount }, { status: { role, conditions: {} } })
  }

  test('has the spec, the recorded ARNs, and the role of every workload', () => {
    const made = driftRequest({ cluster: recorded, workloads: [workload('a'), workload('b')] }, undefined, [])
    expect(made).toMatchObject({
      request: {
        cluster: newest.cluster,
        webhook: newest.webhook,
        adopt: false,
        workloads: [{ namespace: 'default', serviceAccount: 'a', role: bareRole }, { serviceAccount: 'b' }],
        known: { facts, providerArn: 'arn:provider', roleArns: { 'default/a': 'arn:a', 'default/b': 'arn:b' } },
      },
    })
  })

  test('is for one workload if that is named', () => {
    const two = { cluster: recorded, workloads: [workload('a'), workload('b')] }
    expect(driftRequest(two, { namespace: 'default', serviceAccount: 'b' }, [])).toMatchObject({
      request: { workloads: [{ serviceAccount: 'b' }] },
    })
  })

  test('has the reasons to refuse a setup of the cluster and of the compared workloads', () => {
    const refusal = { name: 'InvalidRequest', object: 'o', reason: 'r', action: 'a' }
    const refused = [refusal, { ...refusal, item: 'default/a' }, { ...refusal, item: 'default/b' }]
    const two = { cluster: recorded, workloads: [workload('a'), workload('b')] }
    const made = driftRequest(two, { namespace: 'default', serviceAccount: 'b' }, refused)
    if (!('request' in made)) throw new Error('it was refused')
    expect(driftOf(made.request, []).problems).toEqual([
      { ...refusal, notCompared: [] },
      { ...refusal, item: 'default/b', notCompared: [] },
    ])
  })

  test('names the workloads without a successful setup', () => {
    const made = driftRequest({ cluster: recorded, workloads: [workload('a'), workload('b', {})] }, undefined, [])
    if (!('request' in made)) throw new Error('it was refused')
    expect(driftOf(made.request, []).problems).toMatchObject([
      { name: 'NeverSetUp', object: 'workload default/b', notCompared: [] },
    ])
  })

  test('is refused before a setup has succeeded, or when it is too large', () => {
    const neverDone = { ...recorded, status: { conditions: {} } }
    expect(driftRequest({ cluster: neverDone, workloads: [workload('a')] }, undefined, [])).toHaveProperty('refused')
    expect(driftRequest({ cluster: recorded, workloads: [workload('a', {})] }, undefined, [])).toHaveProperty('refused')
    const inlinePolicy = { Statement: 'x'.repeat(10_000) }
    const many = Array.from({ length: 30 }, (___, index) =>
      workload(`a${index}`, { applied: { ...bareRole, inlinePolicy } }),
    )
    expect(driftRequest({ cluster: recorded, workloads: many }, undefined, [])).toMatchObject({
      refused: expect.stringContaining('30 workloads'),
    })
  })
})
