import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { accessView } from '../../../lambdas/api/access/access-view.ts'
import * as getAccess from '../../../lambdas/api/access/get-access.ts'
import * as cancel from '../../../lambdas/api/cancel.ts'
import * as getCluster from '../../../lambdas/api/clusters/get-cluster.ts'
import * as listClusters from '../../../lambdas/api/clusters/list-clusters.ts'
import type { ApiHandler } from '../../../lambdas/api/operation.ts'
import * as cancelOperation from '../../../lambdas/api/operations/cancel-operation.ts'
import * as getOperation from '../../../lambdas/api/operations/get-operation.ts'
import * as listOperations from '../../../lambdas/api/operations/list-operations.ts'
import * as read from '../../../lambdas/api/read.ts'
import { actionOf, functionOf, type OperationName, routes } from '../../../lambdas/api/routes.ts'
import * as revokeKey from '../../../lambdas/api/signing-keys/revoke-signing-key.ts'
import * as start from '../../../lambdas/api/start.ts'
import * as addWorkload from '../../../lambdas/api/starts/add-workload.ts'
import * as startPlan from '../../../lambdas/api/starts/start-plan.ts'
import * as startSetup from '../../../lambdas/api/starts/start-setup.ts'
import * as tearDownCluster from '../../../lambdas/api/starts/tear-down-cluster.ts'
import * as listWorkloads from '../../../lambdas/api/workloads/list-workloads.ts'
import { listOperations as recordedOperations } from '../../../lambdas/operations/lists/operation-list.ts'
import { endOperation } from '../../../lambdas/operations/record/operations.ts'
import { writeStatus } from '../../../lambdas/operations/record/status-record.ts'
import { workloadKey } from '../../../lambdas/operations/record/workload-record.ts'
import { exampleRules, readOnly } from '../../support/api/access.ts'
import { type ApiRequest, apiAccount, callApi, useAccessRules } from '../../support/api/api.ts'
import { existingCluster } from '../../support/api/requests.ts'

const issuer = 'https://login.example.com'
const to = (role: string) => [{ iam: { role } }]

type ApiRoute = (typeof routes)[number]

const functions = { read, start, cancel }

apiAccount()
useAccessRules({
  ...exampleRules,
  grants: [
    ...exampleRules.grants,
    { name: 'outsiders', role: 'viewer', to: to('outsider'), clusters: ['elsewhere'] },
    {
      name: 'payments',
      role: 'operator',
      to: [{ jwt: { issuer: 'staff', claims: { groups: 'Team Payments' } } }],
      clusters: ['paid'],
    },
  ],
  issuers: { staff: issuer },
})

let lines: string[] = []
beforeEach(() => {
  lines = []
  vi.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0)
})
afterEach(() => vi.restoreAllMocks())

const callerOf = (role: string, session = 'ada') => `arn:aws:sts::000000000000:assumed-role/${role}/${session}`

/** The access entries of the audit log since the test began. */
function audited() {
  return lines.map((line) => JSON.parse(line)).filter(({ message }) => message === 'access')
}

function workload(namespace: string, serviceAccount: string) {
  return { namespace, serviceAccount, role: { policyArns: [readOnly] } }
}

/** The body of a setup of an existing cluster, without options that need further permissions. */
function setupBody(name: string, ...workloads: readonly object[]) {
  return existingCluster(name, { workloads: workloads.length > 0 ? workloads : [workload('team-a', 'reader')] })
}

/** Sets a cluster up as an administrator, and ends the operation. */
async function setUp(name: string, ...workloads: readonly object[]): Promise<string> {
  const { status, body } = await callApi(startSetup.handler, {
    caller: callerOf('administrator'),
    body: setupBody(name, ...workloads),
  })
  expect(status).toBe(202)
  await endOperation({ operationId: body.operationId, cluster: name }, { status: 'succeeded' })
  return body.operationId
}

let setupOfOwn = ''
beforeAll(async () => {
  setupOfOwn = await setUp('own', workload('team-a', 'reader'), workload('default', 'writer'))
  await setUp('other')
})

describe('every route', () => {
  const names = { cluster: 'own', namespace: 'team-a', serviceAccount: 'reader' }
  const bodies: Readonly<Partial<Record<OperationName, unknown>>> = {
    'start-setup': setupBody('own'),
    'put-cluster': setupBody('own', workload('team-a', 'reader'), workload('default', 'writer')),
    'start-plan': setupBody('own'),
    'compute-rights': setupBody('own'),
    'add-workload': workload('team-b', 'new'),
  }
  const send = async ({ operation, method, path }: ApiRoute, caller: string) =>
    callApi(functions[functionOf(operation)].handler, {
      routeKey: `${method} ${path}`,
      caller,
      parameters: { ...names, operationId: setupOfOwn, generation: '1' },
      ...(operation in bodies && { body: bodies[operation] }),
    })
  const open: readonly string[] = ['list-clusters', 'list-operations', 'list-workloads', 'get-access', 'get-openapi']

  test.each(routes)('$operation authorizes its action before it acts', async (route) => {
    const { operation } = route
    const action = actionOf(operation)
    const before = await recordedOperations({}, { itemsToRead: 100 })
    const { status, body } = await send(route, callerOf('outsider'))
    expect(status).toBe(open.includes(operation) ? 200 : 403)
    expect(audited()[0]).toMatchObject({
      action,
      principal: 'arn:aws:iam::000000000000:role/outsider',
      caller: callerOf('outsider'),
      decision: status === 200 ? 'allow' : 'deny',
      policies: status === 200 ? ['viewer/lists'] : [],
      grants: status === 200 ? ['outsiders'] : [],
    })
    if (status === 403) expect(body).toMatchObject({ detail: expect.stringContaining('administrators') })
    expect(await recordedOperations({}, { itemsToRead: 100 })).toEqual(before)
  })

  test.each(routes)('$operation refuses a caller without a grant, whatever the name of its session', async (route) => {
    const { status, body } = await send(route, callerOf('nobody', 'administrator'))
    expect(status).toBe(403)
    expect(body.detail).toContain('role/nobody has no grant in this deployment')
    expect(audited()).toMatchObject([{ decision: 'deny', principal: 'arn:aws:iam::000000000000:role/nobody' }])
  })
})

describe('a list', () => {
  const list = async (handler: ApiHandler, role: string, query = {}) => {
    const { body } = await callApi(handler, { caller: callerOf(role), query })
    return body
  }
  const clusters = async (role: string) =>
    (await list(listClusters.handler, role)).clusters.map(({ name }: { name: string }) => name)

  test('shows the clusters that the caller may see', async () => {
    expect(await clusters('administrator')).toEqual(expect.arrayContaining(['other', 'own']))
    expect(await clusters('viewer')).toEqual(['own'])
    expect(await clusters('developer')).toEqual(['own'])
    expect(await clusters('outsider')).toEqual([])
  })

  test('computes the health of a cluster only from the workloads that the caller may see', async () => {
    const healthOf = async (role: string) => (await list(listClusters.handler, role)).clusters.at(-1).health
    const since = { reason: 'Waiting', message: '', lastTransitionTime: '2026-11-25T12:00:00.000Z' }
    const ofDefault = workloadKey('own', { namespace: 'default', serviceAccount: 'writer' })
    await writeStatus(ofDefault, {}, { conditions: { Verified: { status: 'False', ...since } } })
    expect(await healthOf('operator')).toEqual({ state: 'failing', because: 'Verified' })
    expect(await healthOf('developer')).toEqual({ state: 'unknown' })
  })

  test('shows the workloads that the caller may see, page by page', async () => {
    const names = async (role: string, query = {}) => {
      const { workloads } = await list(listWorkloads.handler, role, query)
      return workloads.map((one: Record<string, string>) => `${one.cluster}/${one.namespace}/${one.serviceAccount}`)
    }
    const own = ['own/default/writer', 'own/team-a/reader']
    expect(await names('administrator')).toEqual(['other/team-a/reader', ...own])
    expect(await names('viewer')).toEqual(own)
    expect(await names('operator')).toEqual(own)
    expect(await names('developer')).toEqual(['own/team-a/reader'])
    expect(await names('developer', { limit: '1' })).toEqual(['own/team-a/reader'])
    expect(await names('developer', { cluster: 'other' })).toEqual([])
    expect(await names('developer', { namespace: 'default' })).toEqual([])
    expect(await names('outsider')).toEqual([])
  })

  test('shows the operations that the caller may see, page by page', async () => {
    const operation = await setUp('own', workload('team-a', 'reader'))
    const { operations, next } = await list(listOperations.handler, 'developer', { limit: '1' })
    expect(operations).toMatchObject([{ operationId: operation, namespaces: ['team-a'] }])
    const after = new URL(next, 'http://x').searchParams.get('after')
    expect(after).toBe(operation)
    // The other operation also changes the namespace `default`.
    const rest = await list(listOperations.handler, 'developer', { limit: '100', after })
    expect(rest).toEqual({ operations: [] })
    const all = await list(listOperations.handler, 'operator', { limit: '100' })
    expect(new Set(all.operations.map(({ cluster }: { cluster: string }) => cluster))).toEqual(new Set(['own']))
    expect(lines.map((line) => JSON.parse(line))).toContainEqual(
      expect.objectContaining({ message: 'access to parts', shown: expect.any(Number), hidden: expect.any(Number) }),
    )
  })
})

describe('a developer', () => {
  const caller = callerOf('developer')
  const ofCluster = (cluster: string) => ({ caller, parameters: { cluster } })

  test('sees the workloads of its namespaces, and no others of the cluster', async () => {
    const { body } = await callApi(getCluster.handler, ofCluster('own'))
    expect(body.spec.workloads).toMatchObject([{ namespace: 'team-a' }])
    expect(body.status.workloads).toMatchObject([{ namespace: 'team-a' }])
    expect(JSON.stringify(body)).not.toContain('writer')
    const complete = await callApi(getCluster.handler, { ...ofCluster('own'), caller: callerOf('operator') })
    expect(complete.body.spec.workloads).toHaveLength(2)
  })

  test('gets no suggestion of a cluster that it may not see', async () => {
    const { status, body } = await callApi(getCluster.handler, ofCluster('othe'))
    expect(status).toBe(403)
    expect(JSON.stringify(body)).not.toContain('other')
  })

  test('adds workloads to its namespaces, and gets the faults of an invalid one', async () => {
    const add = (body: unknown) => callApi(addWorkload.handler, { ...ofCluster('own'), body })
    const added = await add(workload('team-b', 'added'))
    expect(added).toMatchObject({ status: 202, body: { namespaces: ['team-b'] } })
    await endOperation({ operationId: added.body.operationId, cluster: 'own' }, { status: 'succeeded' })
    expect(await add(workload('default', 'added'))).toMatchObject({ status: 403 })
    const otherPolicy = 'arn:aws:iam::000000000000:policy/workloads/any'
    expect(await add({ ...workload('team-b', 'x'), role: { policyArns: [otherPolicy] } })).toMatchObject({
      status: 403,
    })
    expect(await add({ ...workload('team-b', 'x'), role: { policyArns: [], name: 'mine' } })).toMatchObject({
      status: 403,
      body: { detail: expect.stringContaining('name-role') },
    })
    expect(await add({ namespace: 'team-b' })).toMatchObject({ status: 400, body: { issues: expect.any(Array) } })
    expect((await callApi(addWorkload.handler, { ...ofCluster('other'), body: {} })).status).toBe(403)
  })

  test('plans workloads of its namespaces, and no other change of the cluster', async () => {
    await setUp('own', workload('team-a', 'reader'))
    const plan = (body: unknown) => callApi(startPlan.handler, { caller, body })
    expect(await plan(setupBody('own', workload('team-c', 'planned')))).toMatchObject({ status: 202 })
    expect(await plan(setupBody('own', workload('default', 'planned')))).toMatchObject({ status: 403 })
    const workloads = [workload('team-c', 'planned')]
    const otherIssuer = existingCluster('own', { workloads, 'cluster.issuerUrl': 'https://other.example.com' })
    expect(await plan(otherIssuer)).toMatchObject({ status: 403 })
  })

  test('cancels its own operation in any session, and no operation of another caller', async () => {
    const started = await callApi(addWorkload.handler, { ...ofCluster('own'), body: workload('team-b', 'cancelled') })
    expect(started.status).toBe(202)
    const parameters = { operationId: started.body.operationId }
    const cancel = (role: string, session: string) =>
      callApi(cancelOperation.handler, { caller: callerOf(role, session), parameters })
    expect((await cancel('viewer', 'ada')).status).toBe(403)
    expect(await cancel('developer', 'bob')).toMatchObject({ status: 200, body: { status: 'cancelled' } })
    const others = await callApi(cancelOperation.handler, { caller, parameters: { operationId: setupOfOwn } })
    expect(others.status).toBe(403)
  })
})

describe('the signing keys of a cluster', () => {
  const parameters = { cluster: 'own', kid: 'any' }
  const revoke = (role: string, body = {}) => callApi(revokeKey.handler, { caller: callerOf(role), parameters, body })
  const needs = (role: string) => ({
    status: 403,
    body: { detail: expect.stringContaining(`this requires the role ${role}`) },
  })

  test('are revoked only by administrators, and force is authorized separately', async () => {
    for (const role of ['viewer', 'developer', 'operator']) {
      expect(await revoke(role)).toMatchObject(needs('administrator'))
    }
    lines = []
    expect((await revoke('administrator', { force: true })).status).toBe(409)
    expect(audited().map(({ action }) => action)).toEqual(['revoke-signing-key', 'force'])
  })
})

describe('the access of a caller', () => {
  const accessOf = async (role: string, query: Record<string, string> = {}) => {
    const { status, body } = await callApi(getAccess.handler, { caller: callerOf(role), query })
    expect(status).toBe(200)
    return accessView.parse(body)
  }

  test('lists its grants, without the other callers that have them', async () => {
    const { caller } = await accessOf('developer')
    expect(caller).toEqual({
      name: 'arn:aws:iam::000000000000:role/developer',
      kind: 'iam',
      grants: [
        {
          name: 'developers',
          role: 'developer',
          clusters: ['own'],
          namespaces: ['team-*'],
          policyArns: ['arn:aws:iam::aws:policy/AmazonS3*'],
        },
      ],
    })
    const { body } = await callApi(getAccess.handler, { caller: callerOf('developer') })
    expect(body.caller).toEqual(caller)
  })

  test('says what the API allows, and what it refuses', async () => {
    const { actions } = await accessOf('developer', { cluster: 'own' })
    expect(actions['get-cluster']).toEqual({
      allowed: true,
      roles: ['viewer', 'developer', 'operator', 'administrator'],
    })
    expect(actions['tear-down-cluster']).toEqual({ allowed: false, roles: ['operator', 'administrator'] })
    const tornDown = await callApi(tearDownCluster.handler, {
      caller: callerOf('developer'),
      parameters: { cluster: 'own' },
    })
    expect(tornDown.status).toBe(403)
  })

  test('depends on the caller that requested an operation', async () => {
    const mayCancel = async (requestedBy: string) =>
      (await accessOf('developer', { cluster: 'own', namespace: 'team-a', requestedBy })).actions['cancel-operation']
        ?.allowed
    expect(await mayCancel(callerOf('developer', 'bob'))).toBe(true)
    expect(await mayCancel(callerOf('operator', 'bob'))).toBe(false)
  })

  test('has the policies of its grants, and the settings of the deployment', async () => {
    expect((await accessOf('developer')).policyArns).toEqual(['arn:aws:iam::aws:policy/AmazonS3*'])
    expect((await accessOf('viewer')).policyArns).toEqual([])
    expect(await accessOf('viewer')).toMatchObject({
      secretPrefix: 'workload-identity',
      region: 'eu-west-1',
      accountId: '000000000000',
    })
  })

  test('is refused for a query with an invalid name', async () => {
    const { status, body } = await callApi(getAccess.handler, {
      caller: callerOf('viewer'),
      query: { cluster: 'Own', name: 'x' },
    })
    expect(status).toBe(400)
    expect(body.issues.map(({ path }: { path: string }) => path).toSorted()).toEqual(['cluster', 'name'])
  })
})

test('options are authorized in addition to the operation, and a refusal names each refused option', async () => {
  const teardown = (query: Record<string, string>) =>
    callApi(tearDownCluster.handler, { caller: callerOf('operator'), parameters: { cluster: 'own' }, query })
  const { status, body } = await teardown({ force: 'true', deleteCluster: 'true' })
  expect(status).toBe(403)
  for (const option of ['force', 'delete-cluster']) {
    expect(body.detail).toContain(`${option} on cluster own: this requires the role administrator`)
  }
  expect(audited().map(({ action, decision }) => [action, decision])).toEqual([
    ['tear-down-cluster', 'allow'],
    ['delete-cluster', 'deny'],
    ['force', 'deny'],
  ])
})

test('an idempotency key belongs to one caller, in all its sessions', async () => {
  const headers = { 'idempotency-key': 'one-key' }
  const plan = (caller: string) => callApi(startPlan.handler, { caller, headers, body: setupBody('own') })
  const first = await plan(callerOf('operator', 'ada'))
  expect((await plan(callerOf('operator', 'bob'))).body.operationId).toBe(first.body.operationId)
  const other = await plan(callerOf('administrator', 'ada'))
  expect(other.status).toBe(202)
  expect(other.body.operationId).not.toBe(first.body.operationId)
})

describe('the caller with a token', () => {
  const claims = { iss: issuer, sub: 'ada', groups: ['Team Payments', 'Team Lunch'] }
  const setup = (request: ApiRequest) => callApi(startSetup.handler, { body: setupBody('paid'), ...request })

  test('has the role of a group with a space in its name, and gets paths of the routes for its issuer', async () => {
    const routeKey = 'POST /staff/v1/setups'
    const { status, headers, body } = await setup({ claims, routeKey })
    expect(status).toBe(202)
    expect(headers.location).toBe(`/staff/v1/operations/${body.operationId}`)
    expect(body.requestedBy).toBe(`${issuer}#ada`)
    const reused = { claims, routeKey, headers: { 'idempotency-key': 'staff' } }
    const first = await setup(reused)
    const other = await setup({ ...reused, body: setupBody('paid', workload('team-a', 'writer')) })
    expect(other).toMatchObject({ status: 422, body: { instance: `/staff/v1/operations/${first.body.operationId}` } })
    const parameters = { operationId: body.operationId }
    expect((await callApi(getOperation.handler, { claims, parameters })).status).toBe(200)
  })

  test('has no role by a part of the name of a group', async () => {
    for (const groups of [['Team', 'Payments'], '[Team Payments]', ['Team Lunch'], []]) {
      expect((await setup({ claims: { ...claims, groups } })).status).toBe(403)
    }
  })

  test('is another caller when another issuer has the same subject', async () => {
    expect((await setup({ claims: { ...claims, iss: 'https://partners.example.com' } })).status).toBe(403)
  })
})
