import { beforeAll, beforeEach, expect, it, vi } from 'vitest'
import * as z from 'zod'
import { existingCluster } from '../../e2e/support/clusters/existing-cluster.ts'
import { invokeFunction } from '../../e2e/support/runs/functions.ts'
import { leaveOperation } from '../../e2e/support/runs/lost-operation.ts'
import { type System, system } from '../../e2e/support/system.ts'
import { Notifications } from '../../support/aws/notifications.ts'

let running: System
let notifications: Notifications

beforeAll(async () => {
  running = await system()
  const { aws, deployment } = running.sandbox
  notifications = await Notifications.open(aws, deployment.outputs.NotificationTopicArn ?? '')
})
beforeEach(async () => void (await notifications.take()))

const envelope = z.object({ Subject: z.string(), Message: z.string() })

/** Subject and content of each message about the operation since the last call. */
async function notificationsOf(operationId: string) {
  const messages = (await notifications.take()).map((body) => envelope.parse(JSON.parse(body)))
  return messages
    .map(({ Subject, Message }) => ({ subject: Subject, ...JSON.parse(Message) }))
    .filter((message) => message.operationId === operationId)
}

it('a setup that is cancelled while a step writes holds its lock until that step has ended, and sends one notification', async () => {
  const { name, body } = await existingCluster(running, 'cancelled')
  const slow = { operation: 'iam:CreateRole', actor: '*CreateRole*', delayMs: 3000, times: 1 } as const
  await running.sandbox.aws.faults.add({ kind: 'unavailable', ...slow })
  const location = await running.start(body())
  const { operationId } = await running.until(location, ({ steps }) =>
    steps.some(({ state, status }) => state === 'CreateRole' && status === 'running'),
  )
  const cancelled = await fetch(`${running.api}${location}/cancel`, { method: 'POST' })
  expect(await cancelled.json()).toMatchObject({ status: 'cancelled' })
  const refused = await running.delete(`/v1/clusters/${name}`)
  expect([refused.status, await refused.json()]).toMatchObject([
    409,
    { detail: expect.stringMatching(/has ended, but one of its steps may still write until \d{4}-/) },
  ])

  await vi.waitFor(
    async () => {
      const steps = (await running.observe(location)).steps.filter(({ state }) => state === 'CreateRole')
      expect(steps).toMatchObject([{ status: 'succeeded' }])
    },
    { timeout: 30_000, interval: 200 },
  )
  expect((await running.setUp(body())).error).toBeUndefined()
  expect(await notificationsOf(operationId)).toMatchObject([
    { subject: `Workload identity: cluster ${name}: the setup was cancelled`, status: 'cancelled' },
  ])
})

it('a setup whose execution is lost is running until the reconciler ends it, releases its lock and sends a notification', async () => {
  const { name, body } = await existingCluster(running, 'gone')
  expect((await running.setUp(body())).error).toBeUndefined()
  const operationId = await leaveOperation(running, { kind: 'setup', cluster: name })
  const failed = { status: 'failed', error: { name: 'ExecutionLost', object: `cluster ${name}` } }
  expect(await running.observe(`/v1/operations/${operationId}`)).toMatchObject({ status: 'running' })
  expect(await notificationsOf(operationId)).toEqual([])
  expect(await invokeFunction(running, 'ReconcilerFunction', {})).toEqual({ failed: false })
  expect(await running.observe(`/v1/operations/${operationId}`)).toMatchObject({
    ...failed,
    endedAt: expect.any(String),
  })
  expect(await notificationsOf(operationId)).toMatchObject([
    { subject: `Workload identity: ${name}: the setup has failed`, ...failed },
  ])
  expect((await running.setUp(body())).error).toBeUndefined()
})
