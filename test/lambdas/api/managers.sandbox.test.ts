/** Workloads of several managers, and what a developer of one namespace may change. */
import { expect, onTestFinished, test } from 'vitest'
import * as getCluster from '../../../lambdas/api/clusters/get-cluster.ts'
import type { ApiHandler } from '../../../lambdas/api/operation.ts'
import * as getOperation from '../../../lambdas/api/operations/get-operation.ts'
import * as addWorkload from '../../../lambdas/api/starts/add-workload.ts'
import * as putCluster from '../../../lambdas/api/starts/put-cluster.ts'
import * as startPlan from '../../../lambdas/api/starts/start-plan.ts'
import * as startSetup from '../../../lambdas/api/starts/start-setup.ts'
import * as tearDownWorkload from '../../../lambdas/api/starts/tear-down-workload.ts'
import * as listWorkloads from '../../../lambdas/api/workloads/list-workloads.ts'
import { dynamodb } from '../../../lambdas/clouds/aws/clients/dynamodb.ts'
import { declaredWorkloads } from '../../../lambdas/operations/record/generation.ts'
import * as operations from '../../../lambdas/operations/record/operations.ts'
import { aliceAdministers, apiAccount, callApi, useAccessRules } from '../../support/api/api.ts'
import { recordedCluster } from '../../support/api/cluster-record.ts'
import { existingCluster } from '../../support/api/requests.ts'

const readOnly = 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'
const to = (user: string) => [{ iam: { user } }]
const scope = { clusters: ['managed-*'] }

apiAccount()
useAccessRules({
  ...aliceAdministers,
  grants: [
    ...aliceAdministers.grants,
    { name: 'd', role: 'developer', to: to('developer'), ...scope, namespaces: ['apps'], policyArns: [readOnly] },
    { name: 'v', role: 'viewer', to: to('viewer'), ...scope },
  ],
})

const developer = 'arn:aws:iam::000000000000:user/developer'
const viewer = 'arn:aws:iam::000000000000:user/viewer'
const own = workload('apps', 'own')
const foreign = workload('payments', 'foreign')
const file = { manager: 'file' }
const longer = (one: typeof own) => ({ ...one, role: { ...one.role, maxSessionSeconds: 7200 } })
let made = 0

test('a PUT replaces the workloads of its manager, and leaves those of other managers', async () => {
  const { put, managers, setUp, removing } = newCluster()
  await setUp([foreign], { query: { manager: 'portal' } })
  expect((await put([own], { query: file })).status).toBe(202)
  expect(await managers()).toEqual({ 'apps/own': 'file', 'payments/foreign': 'portal' })
  const emptied = await put([], await removing(file))
  expect(emptied.status).toBe(202)
  expect(await managers()).toEqual({ 'payments/foreign': 'portal' })
  expect((await requestOf(emptied)).removed).toEqual([{ namespace: 'apps', serviceAccount: 'own' }])
})

test('a workload that another manager adds during a PUT stays in the spec', async () => {
  const { cluster, put, managers, setUp } = newCluster()
  await setUp([own], { query: file })
  afterFirstRead(cluster, () => setUp([foreign], { query: { manager: 'portal' } }))
  expect((await put([longer(own)], { query: file })).status).toBe(202)
  expect(await managers()).toEqual({ 'apps/own': 'file', 'payments/foreign': 'portal' })
})

test('a workload that is declared without a manager has the manager api', async () => {
  const { managers, setUp, add } = newCluster()
  await setUp([own])
  await add(foreign)
  expect(await managers()).toEqual({ 'apps/own': 'api', 'payments/foreign': 'api' })
})

test.each(['put', 'setUp', 'plan', 'add'] as const)(
  'another role for a workload of another manager is a conflict: %s',
  async (by) => {
    const sends = newCluster()
    await sends.setUp([own], { query: { manager: 'portal' } })
    const send = (query: Record<string, string>) => {
      if (by === 'add') return sends.add(longer(own), { query })
      return sends[by]([longer(own)], { query })
    }
    expect(await send(file)).toMatchObject({
      status: 409,
      body: {
        type: 'urn:workload-identity:problem:manager-conflict',
        detail: expect.stringMatching(/^portal declares the workload apps\/own with another role\. .*takeOver=true/),
        conflicts: [{ namespace: 'apps', serviceAccount: 'own', manager: 'portal' }],
      },
    })
    expect(await sends.managers()).toEqual({ 'apps/own': 'portal' })
    expect((await send({ ...file, takeOver: 'true' })).status).toBe(202)
    expect(await sends.managers()).toEqual({ 'apps/own': by === 'plan' ? 'portal' : 'file' })
  },
)

test.each(['put', 'setUp', 'plan', 'add'] as const)(
  'the role of a workload of another manager is refused for a second workload, in capital letters too: %s',
  async (by) => {
    const sends = newCluster()
    const named = (one: typeof own, name: string) => ({ ...one, role: { ...one.role, name } })
    await sends.setUp([named(foreign, 'payments')], { query: { manager: 'portal' } })
    const second = named(own, 'PAYMENTS')
    expect(await (by === 'add' ? sends.add(second) : sends[by]([second], { query: file }))).toMatchObject({
      status: 409,
      body: {
        type: 'urn:workload-identity:problem:conflict',
        detail: `The role PAYMENTS of workload apps/own is also the role of another workload of cluster ${sends.cluster} (IAM ignores case): choose another role.name`,
      },
    })
    expect(await sends.managers()).toEqual({ 'payments/foreign': 'portal' })
  },
)

test('the same role from another manager changes nothing, and with takeOver only the manager', async () => {
  const { put, managers, setUp, generation } = newCluster()
  await setUp([own], { query: { manager: 'portal' } })
  expect((await put([own], { query: file })).status).toBe(202)
  expect(await managers()).toEqual({ 'apps/own': 'portal' })
  expect(await generation()).toBe(1)
  expect((await put([own], { query: { ...file, takeOver: 'true' } })).status).toBe(202)
  expect(await managers()).toEqual({ 'apps/own': 'file' })
  expect(await generation()).toBe(2)
})

test('a spec without workloads takes over none', async () => {
  const { put, managers, setUp, generation } = newCluster()
  await setUp([own], { query: { manager: 'portal' } })
  expect((await put(undefined, { query: { ...file, takeOver: 'true' } })).status).toBe(202)
  expect(await managers()).toEqual({ 'apps/own': 'portal' })
  expect(await generation()).toBe(1)
})

test('a spec without workloads is accepted, however many the cluster has', async () => {
  const { put, setUp, recorded } = newCluster()
  const hundred = Array.from({ length: 100 }, (_, index) => workload('apps', `w${index}`))
  await setUp(hundred, { query: file })
  await setUp([foreign], { query: { manager: 'portal' } })
  const sent = await put(undefined, { query: file }, { 'webhook.failurePolicy': 'Fail' })
  expect(sent.status).toBe(202)
  expect((await requestOf(sent)).workloads).toHaveLength(101)
  expect(declaredWorkloads(await recorded())).toHaveLength(101)
})

test('one workload is removed by its name, whichever manager declares it', async () => {
  const { cluster, managers, setUp } = newCluster()
  await setUp([own, foreign], { query: file })
  const parameters = { cluster, namespace: 'apps', serviceAccount: 'own' }
  expect((await callApi(tearDownWorkload.handler, { parameters })).status).toBe(202)
  expect(await managers()).toEqual({ 'payments/foreign': 'file' })
})

test('a workload is shown with its manager, and one that has left the spec as leaving until it is removed', async () => {
  const { cluster, put, setUp, removing } = newCluster()
  await setUp([own, foreign], { query: file })
  const shown = async () => {
    const views = await Promise.all([
      callApi(getCluster.handler, { parameters: { cluster } }).then(({ body }) => body.status.workloads),
      callApi(listWorkloads.handler, { query: { cluster } }).then(({ body }) => body.workloads),
    ])
    return views.map((view: { serviceAccount: string; manager?: string; leaving?: true }[]) =>
      Object.fromEntries(view.map((one) => [one.serviceAccount, one.leaving ?? one.manager])),
    )
  }
  expect(await shown()).toEqual([
    { own: 'file', foreign: 'file' },
    { own: 'file', foreign: 'file' },
  ])
  await put([own], await removing(file))
  expect(await shown()).toEqual([
    { own: 'file', foreign: true },
    { own: 'file', foreign: true },
  ])
  const { body } = await callApi(getCluster.handler, { parameters: { cluster } })
  expect((await setUp(body.spec.workloads)).status).toBe(202)
})

test.each([['manager', 'A file'] as const, ['takeOver', 'yes'] as const])(
  'the query %s=%s is refused',
  async (path, value) => {
    const { put } = newCluster()
    const query = { [path]: value }
    expect(await put([own], { query })).toMatchObject({ status: 400, body: { issues: [{ path }] } })
  },
)

test('a developer sends the complete file, and changes only workloads of the own namespace', async () => {
  const { put, setUp, recorded } = newCluster()
  await setUp([own, foreign], { query: file })
  const sent = await put([longer(own), workload('apps', 'new'), foreign], { caller: developer, query: file })
  expect(sent.status).toBe(202)
  const { workloads } = await requestOf(sent)
  expect(workloads).toMatchObject([{ serviceAccount: 'own' }, { serviceAccount: 'new' }])
  expect((await operationOf(sent)).namespaces).toEqual(['apps'])
  expect(declaredWorkloads(await recorded())).toHaveLength(3)
})

test('a developer who sends the recorded spec sets up only the own namespace again, with workloads in the body and without', async () => {
  const { put, setUp, generation } = newCluster()
  await setUp([own, foreign], { query: file })
  for (const workloads of [[own, foreign], undefined]) {
    const sent = await put(workloads, { caller: developer, query: file })
    expect(sent.status).toBe(202)
    expect(await requestOf(sent)).toMatchObject({ workloads: [{ namespace: 'apps' }] })
  }
  expect(await generation()).toBe(1)
  const none = await put([foreign], { caller: developer, query: { manager: 'other' } })
  expect(none).toMatchObject({ status: 403, body: { detail: expect.stringContaining('put-cluster') } })
})

test('a developer removes a workload of the own namespace', async () => {
  const { put, setUp, managers, removing } = newCluster()
  await setUp([own, foreign], { query: file })
  expect((await put([foreign], { caller: developer, ...(await removing(file)) })).status).toBe(202)
  expect(await managers()).toEqual({ 'payments/foreign': 'file' })
})

test('a developer reads the operation of an added workload, and does not learn which workload of another namespace is leaving', async () => {
  const { put, add, setUp, removing } = newCluster()
  await setUp([own, foreign], { query: file })
  await put([own], await removing(file))
  for (const send of [
    () => add(workload('apps', 'new'), { caller: developer }),
    () => put([longer(own)], { caller: developer, query: file }),
  ]) {
    const sent = await send()
    expect(sent.status).toBe(202)
    expect(JSON.stringify(sent.body)).not.toContain('payments')
    const parameters = { operationId: sent.body.operationId }
    expect((await callApi(getOperation.handler, { parameters, caller: developer })).status).toBe(200)
  }
})

test.each([
  ['a changed workload of another namespace', [own, longer(foreign)], {}, 'payments/foreign'],
  ['a new workload in another namespace', [own, foreign, workload('payments', 'new')], {}, 'payments/new'],
  [
    'takeOver of a workload of another namespace',
    [own, foreign],
    { manager: 'mine', takeOver: 'true' },
    'payments/foreign',
  ],
  [
    'a policy that is not granted',
    [workload('apps', 'own', ['arn:aws:iam::aws:policy/AmazonS3FullAccess']), foreign],
    {},
    'apps/own',
  ],
  ['a role of another name', [{ ...own, role: { ...own.role, name: 'admin' } }, foreign], {}, 'name-role'],
] as const)('a developer may not send %s, also as a plan', async (_, workloads, query, named) => {
  const { put, setUp, generation } = newCluster()
  await setUp([own, foreign], { query: file })
  for (const dryRun of ['false', 'true']) {
    const refused = await put(workloads, { caller: developer, query: { ...file, dryRun, ...query } })
    expect(refused).toMatchObject({ status: 403, body: { detail: expect.stringContaining(named) } })
  }
  expect(await generation()).toBe(1)
})

test('a developer may not remove a workload of another namespace, and does not learn its name', async () => {
  const { put, setUp, removing, managers } = newCluster()
  await setUp([own, foreign], { query: file })
  for (const dryRun of ['false', 'true']) {
    const { query, ...sent } = await removing({ ...file, dryRun })
    const refused = await put([own], { caller: developer, query, ...sent })
    expect(refused).toMatchObject({ status: 403, body: { detail: expect.not.stringContaining('foreign') } })
  }
  expect(Object.keys(await managers())).toHaveLength(2)
})

test.each([
  ['the webhook', { 'webhook.failurePolicy': 'Fail' }],
  ['the issuer', { 'cluster.issuerUrl': 'https://evil.example.com' }],
  ['the proxy', { 'cluster.proxyUrl': 'http://evil.example.com:3128' }],
  ['adoption', { adopt: true }],
  ['its scheduled drifts', { reconcile: 'suspended' }],
])('a developer may not change %s of a cluster, with workloads in the body or without', async (_, edits) => {
  const { put, setUp, generation } = newCluster()
  await setUp([own, foreign], { query: file })
  for (const workloads of [[own, foreign], undefined]) {
    const refused = await put(workloads, { caller: developer, query: file }, edits)
    expect(refused.status).toBe(403)
  }
  expect(await generation()).toBe(1)
})

test('a developer may send the recorded adopt, but may not change a workload with it', async () => {
  const { put, setUp } = newCluster()
  await setUp([own, foreign], { query: file }, { adopt: true })
  expect((await put([own, foreign], { caller: developer, query: file }, { adopt: true })).status).toBe(202)
  const refused = await put([longer(own), foreign], { caller: developer, query: file }, { adopt: true })
  expect(refused).toMatchObject({ status: 403, body: { detail: expect.stringContaining('adopt') } })
  expect((await put([longer(own), foreign], { caller: developer, query: file })).status).toBe(202)
})

test('a developer may not set a cluster up, and a viewer may not send the recorded spec', async () => {
  const { put, setUp } = newCluster()
  expect((await put([own], { caller: developer, query: file })).status).toBe(403)
  await setUp([own], { query: file })
  expect((await put([own], { caller: viewer, query: file })).status).toBe(403)
})

interface Sent {
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  readonly caller?: string
}

/** Calls `act` once, after the first read of the cluster's record. */
function afterFirstRead(cluster: string, act: () => Promise<unknown>): void {
  let isDone = false
  const name = 'afterFirstRead'
  dynamodb.middlewareStack.add(
    (next) => async (args) => {
      const answer = await next(args)
      if (!isDone && JSON.stringify(args.input).includes(cluster)) {
        isDone = true
        await act()
      }
      return answer
    },
    { step: 'initialize', name },
  )
  onTestFinished(() => {
    dynamodb.middlewareStack.remove(name)
  })
}

function newCluster() {
  const cluster = `managed-${made++}`
  const parameters = { cluster }
  /** Sends a request, and ends the operation that it starts. */
  const send = async (handler: ApiHandler, body: unknown, sent: Sent = {}) => {
    const answer = await callApi(handler, { parameters, body, ...sent })
    if (answer.status !== 202) return answer
    await operations.endOperation({ operationId: answer.body.operationId, cluster }, { status: 'failed' })
    return answer
  }
  const sends =
    (handler: ApiHandler) =>
    (workloads: readonly object[] | undefined, sent?: Sent, edits: Readonly<Record<string, unknown>> = {}) =>
      send(
        handler,
        existingCluster(cluster, {
          'cluster.issuerUrl': `https://${cluster}.example.com`,
          ...edits,
          workloads,
        }),
        sent,
      )
  const recorded = () => recordedCluster(cluster)
  const generation = async () => (await recorded()).cluster.generation
  return {
    cluster,
    put: sends(putCluster.handler),
    setUp: sends(startSetup.handler),
    plan: sends(startPlan.handler),
    add: (body: object, sent?: Sent) => send(addWorkload.handler, body, sent),
    recorded,
    generation,
    /** The manager of each workload. */
    managers: async () =>
      Object.fromEntries(
        declaredWorkloads(await recorded()).map((one) => [`${one.namespace}/${one.serviceAccount}`, one.manager]),
      ),
    removing: async (query: Readonly<Record<string, string>>) => ({
      query: { ...query, removals: 'allow' },
      headers: { 'if-match': `"${await generation()}"` },
    }),
  }
}

function workload(namespace: string, serviceAccount: string, policyArns: readonly string[] = [readOnly]) {
  return { namespace, serviceAccount, role: { policyArns } }
}

type Answer = Awaited<ReturnType<typeof callApi>>

async function read({ body }: Answer) {
  const found = await operations.readOperation(body.operationId)
  if (!found) throw new Error(`${body.operationId} is not recorded`)
  return found
}

async function requestOf(answer: Answer) {
  return (await read(answer)).request
}

async function operationOf(answer: Answer) {
  return (await read(answer)).operation
}
