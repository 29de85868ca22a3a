import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { RecordedWorkload } from '../../../../lambdas/operations/record/cluster-record.ts'
import type { ClusterItem, RoleRecord } from '../../../../lambdas/operations/record/record.ts'
import { knownLater } from '../../../../lambdas/webhook/observed/pending.ts'
import { driftOf, driftRequest } from '../../../../lambdas/workflows/comparison/drift.ts'
import { setUpStatus } from '../../../support/api/operations.ts'
import {
  driftRequest as asked,
  facts,
  failedWith,
  item,
  recordedSteps,
  request,
  waitingFor,
} from '../../../support/steps/compared-steps.ts'

const none = { missing: [], changed: [], additions: [], unreachable: [], problems: [] }

test('what is as it was asked for has no drift', () => {
  expect(driftOf(asked, recordedSteps())).toEqual({
    ...none,
    summary: { differences: 0, missing: 0, changed: 0, additions: 0, unreachable: 0, problems: 0 },
  })
})

test('an object that a setup would make again is missing', () => {
  const drift = driftOf(
    asked,
    recordedSteps({ CreateRole: { item, changes: [{ object: 'arn:role', action: 'created' }] } }),
  )
  expect(drift).toMatchObject({
    ...none,
    missing: [{ object: 'arn:role', severity: 'function' }],
    summary: { severity: 'function', differences: 1 },
  })
})

test('a difference has the command that repairs it, and what is in sync has none', () => {
  const changes = [{ object: 'arn:role', action: 'created' as const }]
  expect(driftOf(asked, recordedSteps({ CreateRole: { item, changes } })).toDo).toBe(
    `"wid drift ${request.cluster.name} --repair" sets it up again`,
  )
  expect(driftOf(asked, recordedSteps())).not.toHaveProperty('toDo')
})

test('a problem without a difference needs no repair', () => {
  const { toDo } = driftOf(asked, recordedSteps({ CheckWebhook: waitingFor('no pod is ready') }))
  expect(toDo).toBe(`Do what each problem asks for. Then run "wid drift ${request.cluster.name}" again`)
})

test('a changed field is told with what was wanted, what was found and who changed it', () => {
  const difference = { field: 'spec.replicas', desired: 2, observed: 1, manager: 'kubectl-edit', changedAt: 'then' }
  const changes = [{ object: 'Deployment a/b', action: 'updated' as const, differences: [difference] }]
  expect(driftOf(asked, recordedSteps({ DeployWebhook: { changes } }))).toMatchObject({
    changed: [{ object: 'Deployment a/b', severity: 'function', ...difference }],
    summary: { severity: 'function', differences: 1 },
  })
})

test('an object of which no field is known is told with what would be done to it, if that is known', () => {
  const changes = [
    { object: 'gs://bucket', action: 'updated' as const, detail: 'labels' },
    { object: 'arn:role', action: 'updated' as const },
  ]
  expect(driftOf(asked, recordedSteps({ CreateBucket: { changes } })).changed).toStrictEqual([
    { object: 'gs://bucket', field: 'labels', severity: 'cosmetic' },
    { object: 'arn:role', severity: 'security' },
  ])
})

test('one that a setup would be refused to change is told as changed, too', () => {
  const refused = { name: 'FieldConflict', object: 'o', reason: 'another owns it', action: 'Give it up' }
  const changes = [{ object: 'o', action: 'updated' as const, differences: [{ field: 'f' }], refused }]
  expect(driftOf(asked, recordedSteps({ DeployWebhook: { changes } }))).toMatchObject({
    changed: [{ object: 'o', field: 'f' }],
    problems: [{ ...refused, step: 'DeployWebhook' }],
  })
})

test('the loss of a mark is a drift, and that it would be adopted is none', () => {
  const differences = [
    { field: 'tags.workload-identity:deployment', desired: 'd' },
    { field: 'tags.workload-identity:adopted', desired: 'true' },
  ]
  const changes = [{ object: 'arn:role', action: 'adopted' as const, differences }]
  expect(driftOf(asked, recordedSteps({ CreateRole: { item, changes } })).changed).toMatchObject([
    { object: 'arn:role', field: 'tags.workload-identity:deployment', desired: 'd' },
  ])
})

test('the loss of the mark of an adoption is a drift', () => {
  const differences = [{ field: 'tags.workload-identity:adopted', desired: 'true' }]
  const changes = [{ object: 'arn:role', action: 'updated' as const, differences }]
  expect(driftOf(asked, recordedSteps({ CreateRole: { item, changes } })).changed).toMatchObject([
    { object: 'arn:role', field: 'tags.workload-identity:adopted', desired: 'true' },
  ])
})

test('what is made for a while only is no drift', () => {
  const object = 'MutatingWebhookConfiguration pod-identity-webhook-canary'
  const steps = recordedSteps({
    CheckWebhook: { changes: [{ object, action: 'created', temporary: true }] },
    ActivateWebhook: { changes: [{ object, action: 'deleted', temporary: true }] },
  })
  expect(driftOf(asked, steps)).toMatchObject(none)
})

test('what an earlier setup has left behind, and what others have added, is told apart', () => {
  const additions = [{ field: 'policyArns', observed: 'arn:foreign' }]
  const steps = recordedSteps({
    ActivateWebhook: { changes: [{ object: 'left', action: 'deleted' }] },
    CreateRole: { item, changes: [{ object: 'arn:role', action: 'unchanged', additions }] },
  })
  expect(driftOf(asked, steps)).toMatchObject({
    additions: [{ object: 'left' }, { object: 'arn:role', field: 'policyArns', observed: 'arn:foreign' }],
    summary: { differences: 0, additions: 2 },
  })
})

describe('the severity of a drift', () => {
  const roleArn = 'arn:aws:iam::000000000000:role/r'
  const changesOf = (fields: readonly string[]) => [
    { object: roleArn, action: 'updated' as const, differences: fields.map((field) => ({ field, observed: 'x' })) },
  ]
  const severityOf = (otherwise: Parameters<typeof recordedSteps>[0]) =>
    driftOf(asked, recordedSteps(otherwise)).summary.severity

  test('is that of the worst difference', () => {
    expect(severityOf({ CreateRole: { item, changes: changesOf(['description']) } })).toBe('cosmetic')
    expect(severityOf({ CreateRole: { item, changes: changesOf(['description', 'trustPolicy']) } })).toBe('security')
  })

  test('counts what others have added when that is security, and not when it is left behind by a setup', () => {
    const additions = [{ field: 'policyArns', observed: 'arn:foreign' }]
    const changes = [{ object: roleArn, action: 'unchanged' as const, additions }]
    expect(severityOf({ CreateRole: { item, changes } })).toBe('security')
    expect(severityOf({ ActivateWebhook: { changes: [{ object: 'left', action: 'deleted' }] } })).toBeUndefined()
  })

  test('is function when something could not be looked at, or is not ready', () => {
    expect(severityOf({ RegisterOidc: failedWith('Unreachable') })).toBe('function')
    expect(severityOf({ CheckCluster: waitingFor('no documents') })).toBe('function')
  })
})

test('of a Secret no value is ever told', () => {
  const differences = fc.array(fc.record({ field: fc.string(), desired: fc.string(), observed: fc.string() }))
  const actions = fc.constantFrom('updated' as const, 'adopted' as const, 'unchanged' as const)
  fc.assert(
    fc.property(actions, differences, differences, (action, changed, additions) => {
      const changes = [{ object: 'Secret a/b', action, differences: changed, additions }]
      const drift = driftOf(asked, recordedSteps({ DeployWebhook: { changes } }))
      for (const reported of [...drift.changed, ...drift.additions]) {
        expect(reported).not.toHaveProperty('desired')
        expect(reported).not.toHaveProperty('observed')
      }
    }),
  )
})

test('the policy of a bucket that is gone is not told of besides', () => {
  const changes = [
    { object: 'gs://bucket', action: 'created' as const },
    { object: 'IAM policy of gs://bucket', action: 'updated' as const, differences: [{ field: 'bindings' }] },
  ]
  expect(driftOf(asked, recordedSteps({ CreateBucket: { changes } }))).toMatchObject({
    missing: [{ object: 'gs://bucket' }],
    changed: [],
  })
})

test('what would follow a certificate that has to be made is not told of besides', () => {
  const field = 'webhooks[x].clientConfig.caBundle'
  const steps = recordedSteps({
    DeployWebhook: { changes: [{ object: 'Secret w/pod-identity-webhook-tls', action: 'created' }] },
    ActivateWebhook: {
      changes: [
        { object: 'configuration', action: 'updated', differences: [{ field, desired: knownLater, observed: 'a' }] },
      ],
    },
  })
  expect(driftOf(asked, steps)).toMatchObject({
    missing: [{ object: 'Secret w/pod-identity-webhook-tls' }],
    changed: [],
  })
})

test('a cluster that was made anew is another one', () => {
  const output = { ...facts, clusterId: 'id-2', kubernetesVersion: '1.34.0' }
  expect(driftOf(asked, recordedSteps({ CheckCluster: { output } })).changed).toEqual([
    { object: 'cluster prod-eu', field: 'clusterId', severity: 'function', desired: 'id-1', observed: 'id-2' },
  ])
})

describe('what cannot be looked at', () => {
  test('is unreachable, object by object, and the rest is compared', () => {
    const steps = recordedSteps({
      CheckCluster: failedWith('InvalidCredentials', 'arn:secret'),
      DeployWebhook: failedWith('InvalidCredentials', 'arn:secret'),
      CheckWebhook: undefined,
      ActivateWebhook: undefined,
      CreateRole: { item, changes: [{ object: 'arn:role', action: 'created' }] },
      BindKsa: { item, ...failedWith('InvalidCredentials', 'arn:secret') },
    })
    const { unreachable, missing, problems } = driftOf(asked, steps)
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

  test('is told even if no object depends on it', () => {
    const steps = recordedSteps({ CheckWebhook: failedWith('Unreachable', 'https://api') })
    expect(driftOf(asked, steps).unreachable).toMatchObject([{ object: 'https://api', reason: 'it broke' }])
  })

  test.each(['OwnershipConflict', 'Unsupported', 'Lambda.AWSLambdaException'])('because of %s is a problem', (name) => {
    const { problems, unreachable } = driftOf(asked, recordedSteps({ RegisterOidc: failedWith(name) }))
    expect(problems).toMatchObject([{ name, step: 'RegisterOidc', notCompared: ['arn:provider'] }])
    expect(unreachable).toEqual([])
  })
})

test('what a step that was not reached would have compared is told with the step before it, and with no other', () => {
  const steps = recordedSteps({
    RegisterOidc: failedWith('Unsupported'),
    DeployWebhook: failedWith('Unsupported'),
    CheckWebhook: undefined,
    ActivateWebhook: undefined,
  })
  const configuration = 'MutatingWebhookConfiguration pod-identity-webhook'
  const problems = driftOf(asked, steps).problems.map(({ step, notCompared }) => [
    step,
    notCompared.includes(configuration),
  ])
  expect(Object.fromEntries(problems)).toEqual({ RegisterOidc: false, DeployWebhook: true })
})

describe('what is there and not ready', () => {
  const action = expect.any(String)

  test('is a problem of the cluster, with its reason', () => {
    expect(driftOf(asked, recordedSteps({ CheckCluster: waitingFor('no documents') })).problems).toEqual([
      {
        ...{ name: 'ClusterNotReady', object: 'cluster prod-eu', reason: 'no documents', action },
        ...{ step: 'CheckCluster', notCompared: [] },
      },
    ])
  })

  test('is none of a cluster that was waited for', () => {
    const CheckCluster = { ...waitingFor('no documents'), status: 'succeeded' as const, output: facts }
    expect(driftOf(asked, recordedSteps({ CheckCluster })).problems).toEqual([])
  })

  test('is a problem of the webhook, unless something of it is missing or changed', () => {
    const CheckWebhook = waitingFor('1 of 2 pods are available')
    const object = 'Deployment workload-identity-webhook/pod-identity-webhook'
    expect(driftOf(asked, recordedSteps({ CheckWebhook })).problems).toEqual([
      {
        ...{ name: 'WebhookNotReady', object, reason: '1 of 2 pods are available', action },
        ...{ step: 'CheckWebhook', notCompared: [] },
      },
    ])
    const same = { object, action: 'unchanged' as const }
    const DeployWebhook = { changes: [same, { object: 'Service a/b', action: 'created' as const }] }
    expect(driftOf(asked, recordedSteps({ CheckWebhook, DeployWebhook })).problems).toEqual([])
  })
})

describe('a drift is asked for', () => {
  const at = '2026-11-25T12:00:00.000Z'
  const { workloads: _, ...newest } = request
  const recorded: ClusterItem = {
    cluster: 'prod-eu',
    spec: newest,
    status: setUpStatus({ facts, providerArn: 'arn:provider' }),
    generation: 1,
    lastOperationId: 'o',
    createdAt: at,
    updatedAt: at,
  }
  const role = { name: 'r', policyArns: [], maxSessionSeconds: 3600 }
  const workload = (serviceAccount: string, rest: Partial<RoleRecord> = { applied: role }): RecordedWorkload => ({
    namespace: 'default',
    serviceAccount,
    spec: role,
    manager: 'api',
    status: { role: { roleName: 'r', roleArn: `arn:${serviceAccount}`, policyArns: [], ...rest }, conditions: {} },
    updatedAt: at,
  })

  test('with what was asked for, what is known, and of every workload its role', () => {
    const made = driftRequest({ cluster: recorded, workloads: [workload('a'), workload('b')] }, undefined, [])
    expect(made).toMatchObject({
      request: {
        cluster: newest.cluster,
        webhook: newest.webhook,
        adopt: false,
        workloads: [{ namespace: 'default', serviceAccount: 'a', role }, { serviceAccount: 'b' }],
        known: { facts, providerArn: 'arn:provider', roleArns: { 'default/a': 'arn:a', 'default/b': 'arn:b' } },
      },
    })
  })

  test('of one workload alone', () => {
    const two = { cluster: recorded, workloads: [workload('a'), workload('b')] }
    expect(driftRequest(two, { namespace: 'default', serviceAccount: 'b' }, [])).toMatchObject({
      request: { workloads: [{ serviceAccount: 'b' }] },
    })
  })

  test('and says what a setup would be refused for, of the cluster and of the workloads that are looked at', () => {
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

  test('and names the workloads that no setup has brought to its end', () => {
    const made = driftRequest({ cluster: recorded, workloads: [workload('a'), workload('b', {})] }, undefined, [])
    if (!('request' in made)) throw new Error('it was refused')
    expect(driftOf(made.request, []).problems).toMatchObject([
      { name: 'NeverSetUp', object: 'workload default/b', notCompared: [] },
    ])
  })

  test('and refused when no setup has gone to its end, or when it is too much at once', () => {
    const neverDone = { ...recorded, status: { conditions: {} } }
    expect(driftRequest({ cluster: neverDone, workloads: [workload('a')] }, undefined, [])).toHaveProperty('refused')
    expect(driftRequest({ cluster: recorded, workloads: [workload('a', {})] }, undefined, [])).toHaveProperty('refused')
    const inlinePolicy = { Statement: 'x'.repeat(10_000) }
    const many = Array.from({ length: 30 }, (___, index) =>
      workload(`a${index}`, { applied: { ...role, inlinePolicy } }),
    )
    expect(driftRequest({ cluster: recorded, workloads: many }, undefined, [])).toMatchObject({
      refused: expect.stringContaining('30 workloads'),
    })
  })
})
