import { expect, test } from 'vitest'
import { definition, errorNamed, runStubbed, type StepStub } from '../support/workflows/definitions.ts'
import { payloadOf, payloadsOf, stepInput } from '../support/workflows/workflow-parts.ts'

const teardown = definition('teardown')

const workloads = ['reader', 'writer'].map((serviceAccount) => ({ namespace: 'default', serviceAccount }))
const management = { credentialsSecretArn: 'arn:management', namespace: 'default' }
const existing = {
  cluster: { name: 'prod-eu', provider: 'existing', credentialsSecretArn: 'arn:secret' },
  webhook: { namespaces: ['hooks'], mayHaveRequests: false },
  workloads,
  whole: true,
  neverFound: false,
  deleteCluster: false,
  force: false,
  dryRun: false,
}
const made = {
  ...existing,
  cluster: { ...existing.cluster, provider: 'gke-on-aws', management },
  discovery: {
    bucket: 'bucket',
    projectId: 'platform-prod',
    location: 'EU',
    managementServiceAccount: 'management-sa@platform-prod.iam.gserviceaccount.com',
    managementRole: 'roles/storage.objectAdmin',
  },
  deleteCluster: true,
}

const allWell: Readonly<Record<string, StepStub>> = {
  ObserveCluster: { ready: true, gone: false },
  UnbindKsa: { ready: true, remaining: [] },
  DeleteRole: { ready: true },
  RemoveWebhook: { ready: true, remaining: [] },
  DeleteCluster: { ready: true, gone: true },
  DeleteProvider: { ready: true },
  EmptyBucket: { ready: true },
  RecordTeardown: { ready: true, gone: true },
}

const run = (request: object, stubs: Readonly<Record<string, StepStub>> = {}) =>
  runStubbed(teardown, request, { ...allWell, ...stubs })

const statesOf = (calls: Awaited<ReturnType<typeof run>>['calls']) => [...new Set(calls.map(({ state }) => state))]
const failuresOf = (calls: Awaited<ReturnType<typeof run>>['calls']) =>
  payloadsOf(calls, 'RecordTeardown').map(({ input }) => Reflect.get(Object(input), 'failures'))

const observedIn = (calls: Awaited<ReturnType<typeof run>>['calls']) => payloadsOf(calls, 'ObserveCluster')[0]?.input

test('a teardown removes everything in reverse order, and each step accepts its input', async () => {
  const { status, calls } = await run(made)
  expect(status).toBe('SUCCEEDED')
  expect(statesOf(calls)).toEqual([
    'ObserveCluster',
    'UnbindKsa',
    'DeleteRole',
    'RemoveWebhook',
    'DeleteCluster',
    'DeleteProvider',
    'EmptyBucket',
    'RecordTeardown',
  ])
  for (const call of calls) {
    expect(stepInput(call.state).safeParse(payloadOf(call).input).error, call.state).toBeUndefined()
  }
  expect(payloadsOf(calls, 'UnbindKsa').map(({ item }) => item)).toEqual(['default/reader', 'default/writer'])
})

test('UnbindKsa gets the names of all removed accounts in its namespace', async () => {
  const accountsOf = async (request: object) => {
    const { calls } = await run(request)
    return payloadsOf(calls, 'UnbindKsa').map(({ input }) => Reflect.get(Object(input), 'accounts'))
  }
  const elsewhere = { namespace: 'media', serviceAccount: 'writer' }
  expect(await accountsOf({ ...made, workloads: [...workloads, elsewhere] })).toEqual([
    ['reader', 'writer'],
    ['reader', 'writer'],
    ['writer'],
  ])
})

test('the teardown of an existing cluster does not use a management cluster', async () => {
  const { calls } = await run(existing)
  expect(statesOf(calls)).toEqual([
    'ObserveCluster',
    'UnbindKsa',
    'DeleteRole',
    'RemoveWebhook',
    'DeleteProvider',
    'RecordTeardown',
  ])
  expect(observedIn(calls)).toEqual({
    clusterName: 'prod-eu',
    target: { name: 'prod-eu', credentialsSecretArn: 'arn:secret' },
    needs: { webhook: existing.webhook, workloads },
  })
})

test('a teardown ends before it removes anything when the credentials lack a right', async () => {
  for (const request of [existing, made, { ...made, whole: false, deleteCluster: false }]) {
    const { calls } = await run(request, { ObserveCluster: errorNamed('AccessDenied') })
    expect(statesOf(calls)).toEqual(['ObserveCluster', 'RecordTeardown'])
    expect(failuresOf(calls)[0]).toMatchObject([{ state: 'ObserveCluster', error: 'AccessDenied' }])
  }
})

test('with force a teardown does not check rights', async () => {
  const { calls } = await run({ ...made, force: true })
  expect(observedIn(calls)).toMatchObject({ management })
  expect(observedIn(calls)).not.toHaveProperty('needs')
  expect(observedIn(calls)).not.toHaveProperty('onManagement')
})

test('with force a teardown continues after AccessDenied of the management cluster', async () => {
  const { calls } = await run({ ...made, force: true }, { ObserveCluster: errorNamed('AccessDenied') })
  expect(statesOf(calls)).toEqual(statesOf((await run({ ...made, force: true })).calls))
  expect(failuresOf(calls)[0]).toMatchObject([{ state: 'ObserveCluster', error: 'AccessDenied' }])
})

test('the documents of a hosted issuer are removed after the provider, also when that fails', async () => {
  const issuerUrl = 'https://oidc.example.com/prod-eu'
  const hosted = { ...existing, cluster: { ...existing.cluster, issuerUrl }, discovery: { hosting: 'deployment' } }
  const { calls } = await run(hosted, { RemoveDiscovery: { ready: true } })
  expect(statesOf(calls).slice(-3)).toEqual(['DeleteProvider', 'RemoveDiscovery', 'RecordTeardown'])
  expect(payloadsOf(calls, 'RemoveDiscovery').map(({ input }) => input)).toEqual([{ issuerUrl }])

  const refused = errorNamed('AccessDenied')
  const failed = await run(hosted, { DeleteProvider: refused, RemoveDiscovery: refused })
  const states = failuresOf(failed.calls)[0].map(({ state }: { state: string }) => state)
  expect(states).toEqual(['DeleteProvider', 'RemoveDiscovery'])
})

test('the removal of one workload retains the documents of its cluster', async () => {
  const hosted = { ...existing, discovery: { hosting: 'deployment' }, whole: false }
  expect(statesOf((await run(hosted)).calls)).not.toContain('RemoveDiscovery')
})

test('the removal of one workload deletes only its service account and its role', async () => {
  const { calls } = await run({ ...made, workloads: workloads.slice(0, 1), whole: false, deleteCluster: false })
  expect(statesOf(calls)).toEqual(['ObserveCluster', 'UnbindKsa', 'DeleteRole', 'RecordTeardown'])
  expect(observedIn(calls)).toMatchObject({ needs: { workloads: workloads.slice(0, 1) } })
  expect(observedIn(calls)).not.toHaveProperty('management')
})

test('the bucket of a cluster that was never found is emptied, unless its AWSCluster still exists', async () => {
  const unreachable = errorNamed('Unreachable')
  const { calls } = await run(
    { ...made, neverFound: true },
    { ObserveCluster: unreachable, DeleteCluster: unreachable },
  )
  expect(statesOf(calls)).toContain('EmptyBucket')
  const retained = { ...made, neverFound: true, deleteCluster: false }
  const existingCluster = await run(retained, { DeleteCluster: { ready: true, gone: false } })
  expect(statesOf(existingCluster.calls)).not.toContain('EmptyBucket')
})

test('the teardown of a deleted cluster skips the objects in it, and empties its bucket', async () => {
  const { calls } = await run({ ...made, deleteCluster: false }, { ObserveCluster: { ready: true, gone: true } })
  expect(statesOf(calls)).not.toContain('UnbindKsa')
  expect(statesOf(calls)).not.toContain('RemoveWebhook')
  expect(statesOf(calls)).toContain('EmptyBucket')
})

test('the bucket of a retained cluster is not emptied', async () => {
  const { calls } = await run({ ...made, deleteCluster: false }, { DeleteCluster: { ready: true, gone: false } })
  expect(statesOf(calls)).not.toContain('EmptyBucket')
})

test('each step gets dryRun', async () => {
  const { calls } = await run({ ...made, dryRun: true })
  for (const call of calls) expect(payloadOf(call).dryRun).toBe(true)
})

test.each([
  'ObserveCluster',
  'UnbindKsa',
  'DeleteRole',
  'RemoveWebhook',
  'DeleteCluster',
  'DeleteProvider',
  'EmptyBucket',
])('the other steps run after a failure of %s, and the last one gets the failure', async (state) => {
  const error = state === 'ObserveCluster' ? 'Unreachable' : 'AccessDenied'
  const { calls } = await run(made, { [state]: errorNamed(error) })
  // The bucket stays, because the cluster may still exist.
  const skipped = state === 'DeleteCluster' ? ['EmptyBucket'] : []
  expect(statesOf(calls)).toEqual(Object.keys(allWell).filter((name) => !skipped.includes(name)))
  const [failures] = failuresOf(calls)
  expect(failures).toHaveLength(state === 'UnbindKsa' || state === 'DeleteRole' ? 2 : 1)
  expect(failures[0]).toMatchObject({ state, error, cause: expect.stringContaining('happened') })
})

test('RecordTeardown gets the failures of all steps', async () => {
  const failing = Object.fromEntries(
    Object.keys(allWell)
      .filter((name) => !/^Record/.test(name))
      .map((name) => [name, errorNamed('CloudUnavailable')]),
  )
  const { calls } = await run(made, failing)
  expect(failuresOf(calls)[0].map(({ state, item }: { state: string; item?: string }) => [state, item])).toEqual([
    ['ObserveCluster', undefined],
    ['UnbindKsa', 'default/reader'],
    ['DeleteRole', 'default/reader'],
    ['UnbindKsa', 'default/writer'],
    ['DeleteRole', 'default/writer'],
    ['RemoveWebhook', undefined],
    ['DeleteCluster', undefined],
    ['DeleteProvider', undefined],
  ])
})

test('a teardown with remaining objects fails with the error of RecordTeardown', async () => {
  const cause = JSON.stringify({ errorMessage: '{}' })
  const RecordTeardown = { ready: true, gone: false, error: 'OwnershipConflict', cause }
  expect(await run(made, { RecordTeardown })).toMatchObject({ status: 'FAILED', error: 'OwnershipConflict', cause })
})

test('RemoveWebhook first removes the configuration, and is repeated after the API servers have noticed that', async () => {
  let observations = 0
  const RemoveWebhook: StepStub = () =>
    observations++ < 3 ? { ready: false, reason: 'still there', events: [] } : { ready: true, remaining: [] }
  const { calls, waits } = await run(existing, { RemoveWebhook })
  expect(payloadsOf(calls, 'RemoveWebhook').map(({ input }) => Reflect.get(Object(input), 'first'))).toEqual([
    true,
    false,
    false,
    false,
  ])
  expect(waits).toEqual([15, 5, 5])
})

test.each([
  ['RemoveWebhook', 'WebhookNotGone', 600],
  ['DeleteCluster', 'ClusterNotGone', 3600],
])('%s that never ends fails at its deadline with %s', async (state, error, seconds) => {
  const { calls, waits } = await run(made, { [state]: { ready: false, reason: 'a finalizer keeps it', events: [] } })
  expect(failuresOf(calls)).toEqual([
    [{ state, error, cause: expect.stringContaining('by the deadline: a finalizer keeps it') }],
  ])
  expect(waits.reduce((sum, wait) => sum + wait, 0)).toBe(seconds)
})

test.each([
  [100, 240],
  [400, 60],
])('%s failing workloads with names of %s letters stay within 256 KiB of state', async (count, letters) => {
  const many = Array.from({ length: count }, (_, index) => ({
    namespace: 'n'.repeat(63),
    serviceAccount: `${'s'.repeat(letters)}-${index}`,
  }))
  const long = Object.assign(new Error('x'.repeat(30_000)), { name: 'AccessDenied' })
  const { heaviest } = await run({ ...made, workloads: many }, { UnbindKsa: long, DeleteRole: long })
  expect(heaviest.bytes, heaviest.where).toBeLessThan(256 * 1024)
})
