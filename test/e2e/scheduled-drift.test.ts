import { AttachRolePolicyCommand, DetachRolePolicyCommand, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam'
import { afterAll, beforeAll, expect, it } from 'vitest'
import * as z from 'zod'
import type { Cluster } from '../../sandbox/kubernetes/index.ts'
import { send } from '../sandbox/kubernetes/support.ts'
import { Notifications } from '../support/aws/notifications.ts'
import { executionStatus, iamClient, runDrifts } from './support/aws-clients.ts'
import { type ExistingCluster, existingCluster } from './support/clusters/existing-cluster.ts'
import { type System, startSystem } from './support/system.ts'
import { wid } from './support/wid.ts'

/** Not shared with other files, because each run compares all clusters of a deployment. */
let running: System
let notifications: Notifications
let own: ExistingCluster

beforeAll(async () => {
  running = await startSystem()
  const { aws, deployment } = running.sandbox
  own = await existingCluster(running, 'drifting')
  expect((await running.setUp(own.body())).error).toBeUndefined()
  notifications = await Notifications.open(aws, deployment.outputs.NotificationTopicArn ?? '')
})

afterAll(() => running?.sandbox.close())

const schedule = 'arn:aws:scheduler:eu-west-1:000000000000:schedule/default/drifts'
const deployment = 'workload-identity-webhook/pod-identity-webhook'

const notification = z.object({
  Subject: z.string(),
  Message: z.string(),
  MessageAttributes: z.record(z.string(), z.object({ Value: z.string() })).optional(),
})
const listed = z.object({ operations: z.array(z.object({ operationId: z.string(), requestedBy: z.string() })) })
const rated = z.object({ object: z.string(), field: z.string(), severity: z.string() })
const result = z.object({ changed: z.array(rated), summary: z.object({ severity: z.string().optional() }) })

it('a scheduled drift reports once how severe a changed label and trust policy are, and reports nothing without differences', async () => {
  await relabel(own.cluster)
  await trustAnyPrincipal(own.name)
  const found = await driftAt('2026-11-25T04:00:00Z')
  expect(found.changed.map(({ object, field, severity }) => [severity, object, field]).sort()).toEqual([
    ['cosmetic', `Deployment ${deployment}`, 'metadata.labels.app'],
    ['security', own.roleArn, 'trustPolicy'],
  ])
  expect(found.summary.severity).toBe('security')
  // The health of a cluster has the highest severity of the cluster and its workloads.
  expect(await healthOf('clusters')).toEqual([{ state: 'drifted', because: 'InSync', severity: 'security' }])
  expect(await healthOf('workloads')).toEqual([{ state: 'drifted', because: 'InSync', severity: 'security' }])
  const status = await wid(running, ['status', own.name])
  expect([status.code, status.out]).toEqual([
    1,
    expect.stringMatching(/✖ InSync +Drifted \(security\): .*trustPolicy.*--repair/s),
  ])
  const notifications = await notificationsOf(own.name)
  expect(notifications).toMatchObject([
    {
      Subject: `Workload identity: security drift in ${own.name}`,
      MessageAttributes: { severity: { Value: 'security' } },
    },
  ])
  const message = { cluster: own.name, status: 'succeeded', severity: 'security', found: { differences: 2 } }
  expect(JSON.parse(notifications[0]?.Message ?? '')).toMatchObject(message)

  expect((await running.setUp(own.body({ adopt: true }))).error).toBeUndefined()
  for (const list of ['clusters', 'workloads'] as const) expect(await healthOf(list)).toEqual([{ state: 'ready' }])
  expect((await wid(running, ['status', own.name])).code).toBe(0)
  expect(await driftAt('2026-11-26T04:00:00Z')).toEqual({ changed: [], summary: {} })
  expect(await notificationsOf(own.name)).toEqual([])
})

it('a workload with an added policy stays drifted after a setup, until a drift finds the policy removed', async () => {
  const attached = { RoleName: own.name, PolicyArn: 'arn:aws:iam::aws:policy/AmazonS3FullAccess' }
  const iam = iamClient(running)
  await iam.send(new AttachRolePolicyCommand(attached))
  await driftAt('2026-11-27T04:00:00Z')
  expect((await running.setUp(own.body({ adopt: true }))).error).toBeUndefined()
  expect(await healthOf('workloads')).toEqual([{ state: 'drifted', because: 'InSync', severity: 'security' }])
  const status = await wid(running, ['status', own.name])
  expect([status.code, status.out]).toEqual([
    1,
    expect.stringMatching(/✖ InSync +Added \(security\): .*policyArns.*Remove it with the tool that added it/s),
  ])
  await iam.send(new DetachRolePolicyCommand(attached))
  iam.destroy()
  await driftAt('2026-11-28T04:00:00Z')
  expect(await healthOf('workloads')).toEqual([{ state: 'ready' }])
})

it('a scheduled drift starts a repair when the spec says reconcile: repair, and that change of the spec writes nothing', async () => {
  const since = Date.now()
  expect((await running.setUp(own.body({ adopt: true, reconcile: 'repair' }))).error).toBeUndefined()
  expect(await running.writesOf(own.name, since)).toEqual([])
  await trustAnyPrincipal(own.name)
  expect((await driftAt('2026-11-29T04:00:00Z')).summary.severity).toBe('security')
  const [drift] = await drifts()
  await expect.poll(async () => (await setups())[0]?.requestedBy).toBe(`repair of drift ${drift?.operationId}`)
  const [repair] = await setups()
  expect((await running.ended(`/v1/operations/${repair?.operationId}`)).error).toBeUndefined()
  expect(await healthOf('workloads')).toEqual([{ state: 'ready' }])
  expect(await driftAt('2026-11-30T04:00:00Z')).toEqual({ changed: [], summary: {} })
})

const healthy = z.object({ name: z.string().optional(), cluster: z.string().optional(), health: z.unknown() })

async function healthOf(list: 'clusters' | 'workloads'): Promise<unknown[]> {
  const page: unknown = await (await fetch(`${running.api}/v1/${list}`)).json()
  const entries = z.record(z.string(), z.unknown()).parse(page)[list]
  return z
    .array(healthy)
    .parse(entries)
    .filter(({ name, cluster = name }) => cluster === own.name)
    .map(({ health }) => health)
}

/** Starts the state machine that the schedule starts, waits for its end, and returns the result of the cluster's drift. */
async function driftAt(scheduledTime: string): Promise<z.output<typeof result>> {
  const before = (await drifts()).length
  expect(await runDrifts(running, { scheduledTime, schedule })).toMatchObject({ status: 'SUCCEEDED' })
  expect(await drifts()).toHaveLength(before + 1)
  const [newest] = await drifts()
  expect(newest?.requestedBy).toBe(schedule)
  const ended = await running.ended(`/v1/operations/${newest?.operationId}`)
  await executionEnds(newest?.operationId)
  return result.parse(ended.result)
}

/** The execution sends the notification after the operation has ended. */
async function executionEnds(operationId = ''): Promise<void> {
  await expect.poll(() => executionStatus(running, operationId, 'Drift'), { timeout: 60_000 }).not.toBe('RUNNING')
}

const drifts = () => operationsOf('drift')
const setups = () => operationsOf('setup')

async function operationsOf(kind: 'drift' | 'setup') {
  const response = await fetch(`${running.api}/v1/operations?cluster=${own.name}&kind=${kind}`)
  return listed.parse(await response.json()).operations
}

/** The new notifications about the cluster, without those of its setups. */
async function notificationsOf(cluster: string) {
  const all = (await notifications.take()).map((body) => notification.parse(JSON.parse(body)))
  // The notification of a setup can arrive after its end.
  return all.filter(({ Subject }) => Subject.includes(cluster) && !Subject.endsWith(' is set up'))
}

/** As `kubectl label --overwrite` does. */
async function relabel(cluster: Cluster): Promise<void> {
  const [namespace, name] = deployment.split('/')
  const path = `/apis/apps/v1/namespaces/${namespace}/deployments/${name}?fieldManager=kubectl-label`
  const sent = { body: { metadata: { labels: { app: 'other' } } }, contentType: 'application/merge-patch+json' }
  expect(await send(cluster, `PATCH ${path}`, sent)).toMatchObject({ code: 200 })
}

async function trustAnyPrincipal(RoleName: string): Promise<void> {
  const iam = iamClient(running)
  const Statement = [{ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' }]
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
  await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument }))
  iam.destroy()
}
