import { PutRolePolicyCommand } from '@aws-sdk/client-iam'
import { beforeAll, describe, expect, it } from 'vitest'
import { iamClient } from '../../e2e/support/aws-clients.ts'
import { existingCluster } from '../../e2e/support/clusters/existing-cluster.ts'
import { secretArnOf } from '../../e2e/support/clusters/secrets.ts'
import { ownCluster } from '../../e2e/support/requests.ts'
import { footprint } from '../../e2e/support/runs/footprint.ts'
import { type System, system } from '../../e2e/support/system.ts'
import { roleArnOf } from '../../support/aws/roles.ts'
import {
  expectGone,
  healed,
  killed,
  setUpCluster,
  startTeardown,
  stopped,
  withCluster,
} from '../support/disturbed-teardowns.ts'

let running: System

beforeAll(async () => {
  running = await system()
})

// test/long/faults/teardown-crashes.test.ts disturbs each step, in each way.
describe('a teardown that is disturbed in DeleteRole ends in the same state', () => {
  it.concurrent('after one kill, in the same teardown', () => healed(running, 'killed once', 'DeleteRole'))
  it.concurrent('after kills until all retries have failed, in the next', () => killed(running, 'DeleteRole'))
  it.concurrent('after a stop, in the next', () => stopped(running, 'DeleteRole'))
})

describe('a teardown that finds an object that it must not remove', () => {
  it('continues after a role with an inline policy of another owner, and succeeds with force', async () => {
    const { name, body } = await existingCluster(running, 'inline')
    const before = await footprint(running, name)
    expect((await running.setUp(body())).error).toBeUndefined()
    const iam = iamClient(running)
    const PolicyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Deny', Action: '*', Resource: '*' }],
    })
    await iam.send(new PutRolePolicyCommand({ RoleName: name, PolicyName: 'break-glass', PolicyDocument }))
    iam.destroy()

    const path = `/v1/clusters/${name}`
    const ended = await running.tearDown(path)
    expect(ended).toMatchObject({
      status: 'failed',
      error: {
        name: 'OwnershipConflict',
        step: 'DeleteRole',
        item: 'reports/exporter',
        reason: expect.stringContaining('break-glass'),
      },
      result: { remaining: [{ step: 'DeleteRole' }] },
    })
    const remaining = (await footprint(running, name)).filter((line) => !before.includes(line))
    expect(remaining).toEqual([expect.stringMatching(/^Role /)])
    expect((await fetch(running.api + path)).status).toBe(200)

    expect(await running.tearDown(`${path}?force=true`)).toMatchObject({
      status: 'succeeded',
      result: { remaining: [] },
    })
    expect(await footprint(running, name)).toEqual(before)
  })

  it('leaves the objects of a cluster whose credentials are invalid, and abandons them with force', async () => {
    const { name, body, secretArn, cluster } = await existingCluster(running, 'away')
    expect((await running.setUp(body())).error).toBeUndefined()
    await running.sandbox.secrets.keep(`${name}/user-cluster`, 'expired')
    const inCluster = () => cluster.store.all().length

    const path = `/v1/clusters/${name}`
    const count = inCluster()
    const ended = await running.tearDown(path)
    const credentials = { name: 'InvalidCredentials', object: secretArn }
    expect(ended).toMatchObject({
      status: 'failed',
      error: { ...credentials, step: 'UnbindKsa' },
      result: {
        remaining: [
          { ...credentials, step: 'UnbindKsa' },
          { ...credentials, step: 'RemoveWebhook' },
        ],
      },
    })
    expect(await running.tearDown(`${path}?force=true`)).toMatchObject({
      status: 'succeeded',
      result: { remaining: [], abandoned: [{ step: 'UnbindKsa' }, { step: 'RemoveWebhook' }] },
    })
    expect(inCluster()).toBe(count)
    expect((await fetch(running.api + path)).status).toBe(404)
  })

  it('removes the objects outside of a cluster that a user has deleted', async () => {
    const cluster = await setUpCluster(running, 'gone')
    deleteAwsCluster(cluster.name)
    const ended = await running.tearDown(cluster.path)
    expect(ended).toMatchObject({ status: 'succeeded', result: { remaining: [] } })
    expect(ended.steps.map(({ state }) => state)).not.toContain('UnbindKsa')
    await expectGone(cluster)
  })
})

function deleteAwsCluster(name: string): void {
  const { store } = running.sandbox.kubernetes.management
  for (const kind of ['AWSNodePool', 'AWSCluster']) {
    const named = store.all().filter((object) => object.kind === kind && object.metadata.name.startsWith(name))
    for (const object of named) store.remove(object)
  }
}

it('a teardown removes what later requests left out: a role under its former name, and the webhook', async () => {
  const { name, body } = await existingCluster(running, 'left-out')
  const before = await footprint(running, name)
  expect((await running.setUp(body())).error).toBeUndefined()
  const otherwise = { 'workloads.0.role.name': `${name}-renamed`, 'webhook.mode': 'none' }
  expect((await running.setUp(body(otherwise))).error).toBeUndefined()

  const path = `/v1/clusters/${name}`
  expect(await running.tearDown(path)).toMatchObject({ status: 'succeeded', result: { remaining: [] } })
  expect(await footprint(running, name)).toEqual(before)
})

it('a teardown after a setup with a wrong namespace retains the cluster and its documents, and a later teardown removes them', async () => {
  const { name, body } = await ownCluster(running, 'mistyped')
  const before = await footprint(running, name)
  // After a successful setup the namespace is immutable.
  const object = roleArnOf(name)
  await running.sandbox.aws.faults.add({ kind: 'refuse', operation: 'iam:CreateRole', object, times: 1 })
  expect(await running.setUp(body())).toMatchObject({ status: 'failed', error: { step: 'CreateRole' } })
  const isRetained = (line: string) => /^(Bucket|AWSCluster|AWSNodePool) /.test(line)
  const retained = (await footprint(running, name)).filter(isRetained)
  const mistyped = await running.setUp(body({ 'cluster.management.namespace': 'defualt' }))
  expect(mistyped).toMatchObject({ status: 'failed', error: { step: 'ApplyCluster' } })

  const missing = { name: 'ObjectMissing', step: 'DeleteCluster', object: `AWSCluster defualt/${name}` }
  const ended = await running.tearDown(`/v1/clusters/${name}`)
  expect(ended).toMatchObject({ status: 'failed', error: missing, result: { remaining: [missing] } })
  expect((await footprint(running, name)).filter(isRetained)).toEqual(retained)
  expect(ended.steps.map(({ state }) => state)).toContain('UnbindKsa')

  expect((await running.setUp(body())).error).toBeUndefined()
  expect(await running.tearDown(`/v1/clusters/${name}?${withCluster}`)).toMatchObject({ status: 'succeeded' })
  expect(await footprint(running, name)).toEqual(before)
})

it('a teardown removes both providers of a cluster that was created twice', async () => {
  const { name, body } = await ownCluster(running, 'again')
  const providers = async () => (await footprint(running, name)).filter((line) => line.startsWith('Provider '))
  expect((await running.setUp(body())).error).toBeUndefined()
  const { kubernetes } = running.sandbox
  deleteAwsCluster(name)
  await expect.poll(() => kubernetes.cluster(name), { timeout: 30_000 }).toBeUndefined()
  const second = await running.start(body())
  await expect.poll(() => kubernetes.cluster(name), { timeout: 30_000 }).toBeDefined()
  // The secret still has the credentials of the first cluster.
  await running.sandbox.secrets.keep(`${name}/user-cluster`, kubernetes.kubeconfig(name))
  expect((await running.ended(second)).error).toBeUndefined()
  expect(await providers()).toHaveLength(2)

  expect(await running.tearDown(`/v1/clusters/${name}?${withCluster}`)).toMatchObject({ status: 'succeeded' })
  expect(await providers()).toEqual([])
})

it('a teardown removes a cluster that was never ready, with the documents that it has published', async () => {
  const { name, body } = await ownCluster(running, 'unready')
  const before = await footprint(running, name)
  const setup = await running.start(body({ 'cluster.credentialsSecretArn': secretArnOf(`${name}/nobody-puts-it`) }))
  await running.until(setup, ({ steps }) =>
    steps.some(({ waitingFor = '' }) => waitingFor.includes('put the kubeconfig')),
  )
  await running.postTo(`${setup}/cancel`, {})
  await running.untilFree(name)
  expect((await footprint(running, name)).join()).toContain('openid-configuration')

  const ended = await running.tearDown(`/v1/clusters/${name}?${withCluster}`)
  expect(ended).toMatchObject({ status: 'succeeded', result: { remaining: [] } })
  expect(await footprint(running, name)).toEqual(before)
})

it('removes one workload alone: a verification covers the others, and a setup creates it again', async () => {
  const { name, body } = await existingCluster(running, 'one-less')
  const writer = { namespace: 'media', serviceAccount: 's3-writer', role: { name: `${name}-writer`, policyArns: [] } }
  expect((await running.setUp(body({ 'workloads.1': writer }))).error).toBeUndefined()
  const without = (await footprint(running, name)).filter((line) => !/s3-writer|"media"/.test(line))

  const path = `/v1/clusters/${name}/workloads/media/s3-writer`
  expect(await running.tearDown(path)).toMatchObject({ status: 'succeeded' })
  expect(await footprint(running, name)).toEqual(without)
  expect((await running.delete(path)).status).toBe(404)
  const verified = await running.ended(await running.send(`/v1/clusters/${name}/verifications`, {}))
  expect(verified.result?.proofs).toHaveLength(1)
  expect((await running.setUp(body({ 'workloads.1': writer }))).error).toBeUndefined()
})

it('refuses a setup while a teardown runs, and a teardown while a setup runs', async () => {
  const { name, body } = await ownCluster(running, 'busy')
  const { kubernetes } = running.sandbox
  const before = kubernetes.provisioningMs
  kubernetes.provisioningMs = 60_000
  const setup = await running.start(body())
  await running.until(setup, ({ steps }) => steps.some(({ status }) => status === 'waiting'))
  const refused = await running.delete(`/v1/clusters/${name}`)
  expect({ status: refused.status, location: refused.headers.get('location') }).toEqual({
    status: 409,
    location: setup,
  })
  await running.postTo(`${setup}/cancel`, {})
  kubernetes.provisioningMs = before

  // A teardown removes everything that the incomplete setup created.
  const location = await startTeardown(running, `/v1/clusters/${name}`)
  expect((await running.post(body())).status).toBe(409)
  expect(await running.ended(location)).toMatchObject({ status: 'succeeded', result: { remaining: [] } })
  const remaining = kubernetes.management.store.all().filter(({ metadata }) => metadata.name.startsWith(name))
  expect(remaining.filter(({ kind }) => kind !== 'Event')).toEqual([])
})
