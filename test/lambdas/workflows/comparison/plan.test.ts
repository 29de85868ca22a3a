import fc from 'fast-check'
import { expect, test } from 'vitest'
import { change } from '../../../../lambdas/report/change.ts'
import { comparedDescriptions } from '../../../../lambdas/workflows/comparison/compared-steps.ts'
import { planOf } from '../../../../lambdas/workflows/comparison/plan.ts'
import { facts, failedWith, item, recordedSteps, request, waitingFor } from '../../../support/steps/compared-steps.ts'
import { recordedStep } from '../../../support/steps/recorded-step.ts'

/** The compared steps of each workload. */
const perWorkload = comparedDescriptions
  .filter(({ compared }) => compared.perWorkload === 'requested')
  .map(({ state }) => state)

const [workload] = request.workloads
const twoWorkloads = { ...request, workloads: [workload, { ...workload, serviceAccount: 's3-writer' }] }

const reached = ['CreateBucket', 'ApplyCluster', 'CheckCluster']
const refused = { name: 'FieldConflict', object: 'o', reason: 'another owns it', action: 'Give it up' }

test('a plan without a difference has no writes', () => {
  const steps = recordedSteps()
  const unchanged = steps.flatMap(({ changes }) => changes).length
  expect(planOf(request, steps)).toStrictEqual({
    outcome: 'unchanged',
    writes: [],
    unknown: [],
    additions: [],
    problems: [],
    summary: { created: 0, updated: 0, adopted: 0, deleted: 0, unchanged, temporary: 0, unknown: 0, problems: 0 },
  })
})

test('each write is reported with its step, in the order of a setup', () => {
  const differences = [{ field: 'policyArns', desired: 'arn:policy' }]
  const steps = recordedSteps({
    BindKsa: { item, changes: [{ object: 'ServiceAccount a/b', action: 'created' }] },
    CreateRole: { item, changes: [{ object: 'arn:role', action: 'updated', detail: 'attached', differences }] },
  })
  expect(planOf(request, steps.toReversed()).writes).toEqual([
    { step: 'CreateRole', item, object: 'arn:role', action: 'updated', detail: 'attached', differences },
    { step: 'BindKsa', item, object: 'ServiceAccount a/b', action: 'created' },
  ])
})

test('before the cluster is ready, objects that depend on it are listed as unknown', () => {
  const steps = recordedSteps({ CheckCluster: waitingFor('it is being made') })
  const plan = planOf(
    request,
    steps.filter(({ state }) => reached.includes(state)),
  )
  expect(plan.waitingFor).toBe('it is being made')
  expect(new Set(plan.unknown.map(({ reason }) => reason))).toEqual(new Set(['known after the cluster is ready']))
  expect(plan.unknown.map(({ object }) => object)).toEqual(
    expect.arrayContaining([
      'Deployment workload-identity-webhook/pod-identity-webhook',
      'MutatingWebhookConfiguration pod-identity-webhook',
      'OIDC provider of cluster prod-eu',
      'IAM role prod-eu-default-s3-reader-0965be9352ce',
      `ServiceAccount ${item}`,
    ]),
  )
  expect(plan.problems).toEqual([])
})

test('a failed step is a problem, and the objects of later steps are unknown', () => {
  const steps = recordedSteps({
    RegisterOidc: failedWith('OwnershipConflict'),
    CreateRole: undefined,
    BindKsa: undefined,
  })
  const { problems, unknown } = planOf(request, steps)
  expect(problems).toMatchObject([
    { name: 'OwnershipConflict', step: 'RegisterOidc', notCompared: ['OIDC provider of cluster prod-eu'] },
  ])
  expect(unknown).toEqual([
    { object: 'IAM role prod-eu-default-s3-reader-0965be9352ce', reason: 'known when RegisterOidc no longer fails' },
    { object: `ServiceAccount ${item}`, reason: 'known when RegisterOidc no longer fails' },
  ])
})

test('after a step that failed for one workload, only later objects of that workload are unknown because of it', () => {
  const steps = [
    ...recordedSteps({ CreateRole: { item, ...failedWith('OwnershipConflict') }, BindKsa: undefined }),
    ...perWorkload
      .filter((state) => state !== 'BindKsa')
      .map((state) => recordedStep(state, { item: 'default/s3-writer' })),
  ]
  expect(planOf(twoWorkloads, steps).unknown).toEqual([
    { object: `ServiceAccount ${item}`, reason: 'known when CreateRole no longer fails' },
    { object: 'ServiceAccount default/s3-writer', reason: 'known when an earlier step no longer fails' },
  ])
})

test('a plan without writes, but with unknown objects, has changes', () => {
  expect(planOf(request, recordedSteps({ BindKsa: undefined })).outcome).toBe('changes')
})

test('a write for the cluster names no workload', () => {
  const changes = [{ object: 'gs://bucket', action: 'created' as const }]
  expect(planOf(request, recordedSteps({ CreateBucket: { changes } })).writes).toStrictEqual([
    { step: 'CreateBucket', object: 'gs://bucket', action: 'created' },
  ])
})

test('a write that a setup would be refused is a problem, and no write', () => {
  const steps = recordedSteps({ BindKsa: { item, changes: [{ object: 'o', action: 'updated', refused }] } })
  const { writes, problems, summary } = planOf(request, steps)
  expect(writes).toEqual([])
  expect(problems).toEqual([{ ...refused, step: 'BindKsa', item, notCompared: [] }])
  expect(summary).toMatchObject({ updated: 0, problems: 1 })
})

test('additions of others are listed separately from the writes', () => {
  const additions = [{ field: 'policyArns', observed: 'arn:foreign' }]
  const steps = recordedSteps({
    CreateRole: { item, changes: [{ object: 'arn:role', action: 'unchanged', additions }] },
  })
  expect(planOf(request, steps)).toMatchObject({
    writes: [],
    additions: [{ object: 'arn:role', field: 'policyArns', observed: 'arn:foreign' }],
  })
})

test('a webhook of another owner, and a bucket and a cluster that are not requested, are in no plan', () => {
  const { discovery: _, ...rest } = request
  const { spec: __, nodePools: ___, ...cluster } = request.cluster
  const { unknown } = planOf({ ...rest, cluster, webhook: { ...request.webhook, mode: 'managed' } }, [])
  const objects = unknown.map(({ object }) => object)
  expect(objects).toEqual(
    expect.arrayContaining([
      'cluster prod-eu',
      'OIDC provider of cluster prod-eu',
      'IAM role prod-eu-default-s3-reader-0965be9352ce',
      `ServiceAccount ${item}`,
    ]),
  )
  expect(objects.filter((object) => /webhook|bucket|^gs:|AWS/i.test(object))).toEqual([])
})

/** Of one kind each, because changes of one object by two steps are merged. */
const changesOf = (kind: string) =>
  fc.uniqueArray(
    fc.record({
      object: fc.string({ minLength: 1, maxLength: 4 }).map((name) => `${kind} ${name}`),
      action: fc.constantFrom(...change.shape.action.options),
    }),
    { selector: ({ object }) => object },
  )

test('every change of an object is listed once, and counted', () => {
  fc.assert(
    fc.property(changesOf('Webhook'), changesOf('Role'), (ofWebhook, ofRole) => {
      const steps = recordedSteps({ DeployWebhook: { changes: ofWebhook }, CreateRole: { item, changes: ofRole } })
      const { writes, summary } = planOf(request, steps)
      const made = [...ofWebhook, ...ofRole].filter(({ action }) => action !== 'unchanged')
      expect(writes.map(({ object, action }) => ({ object, action }))).toEqual(made)
      expect(summary.created + summary.updated + summary.adopted + summary.deleted).toBe(made.length)
    }),
  )
})

const notReady = (ApplyCluster?: object) =>
  recordedSteps({ ...(ApplyCluster && { ApplyCluster }), CheckCluster: waitingFor('no connection') }).filter(
    ({ state }) => reached.includes(state),
  )

test('a plan for an unreachable cluster is incomplete, and says why', () => {
  expect(planOf(request, notReady())).toMatchObject({ outcome: 'incomplete', reason: 'no connection', writes: [] })
})

test('a plan without unknown objects is complete, and says what its setup waits for', () => {
  const output = { ...facts, waitsFor: 'set the issuer' }
  const changes = [{ object: 'arn:role', action: 'created' as const }]
  const plan = planOf(request, recordedSteps({ CheckCluster: { output }, CreateRole: { item, changes } }))
  expect(plan).toMatchObject({ outcome: 'changes', waitingFor: 'set the issuer', unknown: [] })
  expect(plan).not.toHaveProperty('reason')
})

test('a plan for a cluster that the setup creates is complete, although objects are unknown', () => {
  const changes = [
    { object: 'AWSCluster default/prod-eu', action: 'created' },
    { object: 'AWSNodePool default/pool-0', action: 'unchanged' },
  ]
  const plan = planOf(request, notReady({ changes }))
  expect(plan.outcome).toBe('changes')
  expect(plan).not.toHaveProperty('reason')
})

test.each([
  'AccessDenied',
  'AccountRefused',
  'InvalidCredentials',
  'CloudUnavailable',
  'Runtime.ExitError',
  'States.Timeout',
])('a plan in which a step ended with %s is incomplete, because it could not read', (name) => {
  const steps = recordedSteps({ CreateRole: { item, ...failedWith(name, 'arn:role') } })
  expect(planOf(request, steps)).toMatchObject({ outcome: 'incomplete', reason: 'arn:role: it broke' })
})

test('a plan for an existing cluster is incomplete until that is reachable', () => {
  const { spec: _, nodePools: __, ...cluster } = request.cluster
  expect(planOf({ ...request, cluster }, notReady()).outcome).toBe('incomplete')
})

test('a plan with two failed reads names both', () => {
  const steps = recordedSteps({
    CreateRole: { item, ...failedWith('AccessDenied', 'arn:role') },
    BindKsa: { item, ...failedWith('AccessDenied', 'account') },
  })
  expect(planOf(request, steps)).toMatchObject({ reason: 'arn:role: it broke; account: it broke' })
})

test.each(['OwnershipConflict', 'InvalidObject', 'PublicAccessPrevented', 'Unsupported'])(
  'a plan in which a step ended with %s reports that a setup would be refused',
  (name) => {
    const plan = planOf(request, recordedSteps({ CreateRole: { item, ...failedWith(name) } }))
    expect(plan.outcome).toBe('refused')
    expect(plan).not.toHaveProperty('reason')
  },
)

test('the outcome of a plan with writes is changes, and with a refused write refused', () => {
  const write = { object: 'o', action: 'updated' as const }
  const withWrite = recordedSteps({ BindKsa: { item, changes: [write] } })
  const withRefused = recordedSteps({ BindKsa: { item, changes: [{ ...write, refused }] } })
  expect([withWrite, withRefused].map((steps) => planOf(request, steps).outcome)).toEqual(['changes', 'refused'])
})

test('a namespace that two steps would create is created once', () => {
  const namespace = { object: 'Namespace default', action: 'created' as const }
  const account = (name: string) => ({ object: `ServiceAccount default/${name}`, action: 'created' as const })
  const steps = [
    ...recordedSteps({ BindKsa: { item, changes: [namespace, account('s3-reader')] } }),
    recordedStep('BindKsa', { item: 'default/s3-writer', changes: [namespace, account('s3-writer')] }),
  ]
  const plan = planOf(twoWorkloads, steps)
  expect(plan.writes.map(({ object }) => object)).toEqual([
    'Namespace default',
    'ServiceAccount default/s3-reader',
    'ServiceAccount default/s3-writer',
  ])
  expect(plan.summary).toMatchObject({ created: 3 })
})

test('a namespace that the steps of two workloads would update in the same way is updated once', () => {
  const label = (desired: string) => ({
    object: 'Namespace default',
    action: 'updated' as const,
    differences: [{ field: 'metadata.labels.bound', desired }],
  })
  const planWith = (desired: string) =>
    planOf(twoWorkloads, [
      ...recordedSteps({ BindKsa: { item, changes: [label('true')] } }),
      recordedStep('BindKsa', { item: 'default/s3-writer', changes: [label(desired)] }),
    ])
  expect(planWith('true')).toMatchObject({ writes: [{ object: 'Namespace default', item }], summary: { updated: 1 } })
  expect(planWith('other').writes).toHaveLength(2)
})

test('temporary objects for the test of the webhook are counted separately', () => {
  const object = 'MutatingWebhookConfiguration pod-identity-webhook-canary'
  const steps = recordedSteps({
    CheckWebhook: {
      changes: [
        { object, action: 'created', temporary: true },
        { object: 'Pod canary', action: 'created', temporary: true },
      ],
    },
    ActivateWebhook: {
      changes: [
        { object: 'MutatingWebhookConfiguration pod-identity-webhook', action: 'created' },
        { object, action: 'deleted', temporary: true },
      ],
    },
  })
  const { summary, writes } = planOf(request, steps)
  expect(summary).toMatchObject({ created: 1, deleted: 0, temporary: 2 })
  expect(writes).toHaveLength(4)
})
