/** Replacement of a spec: removals, authorization and generations. */
import { expect, test } from 'vitest'
import * as getCluster from '../../../../lambdas/api/clusters/get-cluster.ts'
import * as putCluster from '../../../../lambdas/api/starts/put-cluster.ts'
import * as startPlan from '../../../../lambdas/api/starts/start-plan.ts'
import * as startSetup from '../../../../lambdas/api/starts/start-setup.ts'
import { desiredWorkloads } from '../../../../lambdas/operations/record/generation.ts'
import * as operations from '../../../../lambdas/operations/record/operations.ts'
import { aliceAdministers, apiAccount, callApi, useAccessRules } from '../../../support/api/api.ts'
import { recordedCluster } from '../../../support/api/cluster-record.ts'
import { recordRole } from '../../../support/api/operations.ts'
import { existingCluster, namedCluster } from '../../../support/api/requests.ts'

apiAccount()
useAccessRules({
  ...aliceAdministers,
  grants: [
    ...aliceAdministers.grants,
    { name: 'setups', role: 'operator', to: [{ iam: { user: 'team' } }], clusters: ['put-*'] },
  ],
  policies: {
    'no-removals':
      'forbid (principal in Role::"operator", action == Action::"tear-down-workload", resource) when { resource.name != "visible" };',
    'no-teardowns': 'forbid (principal in Role::"operator", action == Action::"tear-down-cluster", resource);',
    hidden:
      'forbid (principal in Role::"operator", action == Action::"read-workload", resource) when { resource.name == "hidden" };',
  },
})

const first = { namespace: 'reports', serviceAccount: 'exporter' }
const second = { namespace: 'reports', serviceAccount: 'second' }
const two = { 'workloads.1': { ...second, role: { policyArns: [] } } }
const allowing = { query: { removals: 'allow' } }
let made = 0

test('an unknown cluster is set up, and the same spec again keeps its generation', async () => {
  const { cluster, put } = newCluster()
  expect((await put()).status).toBe(202)
  const before = await recordedCluster(cluster)
  expect(before.cluster.generation).toBe(1)
  expect((await put({ headers: { 'if-match': '"1"' } })).status).toBe(202)
  expect((await recordedCluster(cluster)).cluster.generation).toBe(1)
  const { headers } = await callApi(getCluster.handler, { parameters: { cluster } })
  expect(headers).toMatchObject({ etag: '"1"' })
})

test('a repeated spec without workloads returns the operation of its key, although a workload was added since', async () => {
  const { cluster, put } = newCluster()
  await put()
  const sent = { edits: { workloads: undefined }, headers: { 'idempotency-key': `again-${cluster}` } }
  const { body } = await put(sent)
  await put({ edits: two })
  const again = await put(sent)
  expect(again).toMatchObject({ status: 202, body: { operationId: body.operationId } })
  const others = await put({ ...sent, edits: two })
  expect(others.status).toBe(422)
})

test('a repeated spec with its idempotency key gets its operation, although the recorded generation is another one now', async () => {
  const { cluster, put } = newCluster()
  await put()
  const sent = { edits: two, headers: { 'idempotency-key': `once-${cluster}`, 'if-match': '"1"' } }
  const { body } = await put(sent)
  expect((await recordedCluster(cluster)).cluster.generation).toBe(2)
  expect(await put(sent)).toMatchObject({ status: 202, body: { operationId: body.operationId } })
})

test('a spec that omits a workload is refused with its name, until the request allows removals and names the generation', async () => {
  const { cluster, put } = newCluster()
  await put({ edits: two })
  const edits = {}
  const refused = await put({ edits })
  expect(refused).toMatchObject({
    status: 409,
    body: {
      type: 'urn:workload-identity:problem:removals',
      detail: expect.stringContaining(`This spec omits the workload reports/second,`),
    },
  })
  expect(await put({ edits, ...allowing })).toMatchObject({ status: 428 })
  const stale = await put({ edits, ...allowing, headers: { 'if-match': '"7"' } })
  expect(stale).toMatchObject({ status: 412, body: { detail: expect.stringContaining('has the generation 1') } })
  expect((await recordedCluster(cluster)).cluster.generation).toBe(1)

  const done = await put({ edits, ...allowing, headers: { 'if-match': '"1"' } })
  expect(done.status).toBe(202)
  const operation = await operations.readOperation(done.body.operationId)
  expect(operation?.request).toMatchObject({ workloads: [first], removed: [second] })
  expect(operation?.operation.namespaces).toEqual(['reports'])
  expect(desiredWorkloads(await recordedCluster(cluster))).toMatchObject([first])
})

test('the next setup removes the workloads that a failed one has not removed, unless its spec has them', async () => {
  const { cluster, put } = newCluster()
  await put({ edits: two })
  await recordRole(cluster, second)
  const edits = {}
  await put({ edits, ...allowing, headers: { 'if-match': '"1"' } })
  const again = await callApi(startSetup.handler, { body: existingCluster(cluster, edits) })
  expect((await operations.readOperation(again.body.operationId))?.request).toMatchObject({ removed: [second] })
  await operations.endOperation({ operationId: again.body.operationId, cluster }, { status: 'failed' })
  const asBefore = await put({ edits: two })
  expect((await operations.readOperation(asBefore.body.operationId))?.request).not.toHaveProperty('removed')
})

test('a setup and a plan that name another generation are refused, and 0 means a cluster without a spec', async () => {
  const { cluster } = newCluster()
  const edits = { 'webhook.failurePolicy': 'Fail' }
  const send = async (generation: number, { handler } = startSetup) => {
    const headers = { 'if-match': `"${generation}"` }
    const answer = await callApi(handler, { body: existingCluster(cluster, edits), headers })
    if (answer.status !== 202) return answer
    await operations.endOperation({ operationId: answer.body.operationId, cluster }, { status: 'failed' })
    return answer
  }
  expect(await send(1)).toMatchObject({ status: 412, body: { detail: expect.stringContaining('there is no spec') } })
  expect(await send(0)).toMatchObject({ status: 202 })
  expect(await send(0)).toMatchObject({ status: 412, body: { detail: expect.stringContaining('the generation 1') } })
  expect(await send(0, startPlan)).toMatchObject({ status: 412 })
  expect(await send(1, startPlan)).toMatchObject({ status: 202 })
  expect(await send(1)).toMatchObject({ status: 202 })
})

test('a caller that may set up a cluster and not remove its workloads may not omit them', async () => {
  const { cluster, put } = newCluster()
  const caller = 'arn:aws:iam::000000000000:user/team'
  expect((await put({ caller, edits: two })).status).toBe(202)
  const headers = { 'if-match': '"1"' }
  const refused = await put({ caller, edits: { workloads: [] }, ...allowing, headers })
  expect(refused).toMatchObject({ status: 403, body: { detail: expect.stringContaining('tear-down-workload') } })
  expect((await recordedCluster(cluster)).cluster.generation).toBe(1)
})

test('a caller that may remove the workloads that it sees may not omit one that it does not see', async () => {
  const { cluster, put } = newCluster()
  const caller = 'arn:aws:iam::000000000000:user/team'
  const hidden = { 'workloads.1': { ...second, serviceAccount: 'hidden', role: { policyArns: [] } } }
  const visible = { 'workloads.2': { ...second, serviceAccount: 'visible', role: { policyArns: [] } } }
  expect((await put({ edits: { ...hidden, ...visible } })).status).toBe(202)
  const headers = { 'if-match': '"1"' }
  const refused = await put({ caller, edits: {}, ...allowing, headers })
  expect(refused).toMatchObject({ status: 403, body: { detail: expect.stringContaining('tear-down-cluster') } })
  expect(JSON.stringify(refused.body)).not.toContain('hidden')
  expect((await recordedCluster(cluster)).cluster.generation).toBe(1)
  expect((await put({ caller, edits: hidden, ...allowing, headers })).status).toBe(202)
})

test('an operator without the right to adopt may repeat a spec that adopts, but may not change the cluster with it', async () => {
  const { put } = newCluster()
  const caller = 'arn:aws:iam::000000000000:user/team'
  const adopting = { adopt: true }
  expect((await put({ edits: adopting })).status).toBe(202)
  expect((await put({ caller, edits: adopting })).status).toBe(202)
  const changed = { 'webhook.failurePolicy': 'Fail' }
  const refused = await put({ caller, edits: { ...adopting, ...changed } })
  expect(refused).toMatchObject({ status: 403, body: { detail: expect.stringContaining('adopt') } })
  expect((await put({ caller, edits: changed })).status).toBe(202)
})

test.each([
  ['another cluster than the path', { edits: namedCluster('other') }, 'give both the same name'],
  ['a generation that is no number in quotes', { headers: { 'if-match': '1' } }, 'such as "12"'],
  ['a weak tag', { headers: { 'if-match': 'W/"1"' } }, 'such as "12"'],
  ['another option', { query: { removals: 'yes' } }, 'have to be corrected'],
])('%s is not valid', async (_, sent, detail) => {
  const { put } = newCluster()
  expect(await put(sent)).toMatchObject({ status: 400, body: { detail: expect.stringContaining(detail) } })
})

interface Sent {
  readonly edits?: Readonly<Record<string, unknown>>
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  readonly caller?: string
}

function newCluster() {
  const cluster = `put-${made++}`
  /** Puts the spec, and ends the operation that starts. */
  const put = async ({ edits = {}, ...sent }: Sent = {}) => {
    const answer = await callApi(putCluster.handler, {
      parameters: { cluster },
      body: existingCluster(cluster, edits),
      ...sent,
    })
    if (answer.status !== 202) return answer
    await operations.endOperation({ operationId: answer.body.operationId, cluster }, { status: 'failed' })
    return answer
  }
  return { cluster, put }
}
