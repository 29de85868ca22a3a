import { beforeAll, expect, it } from 'vitest'
import * as z from 'zod'
import { json } from '../sandbox/aws/support/query.ts'
import { accountCredentials } from '../support/account-credentials.ts'
import { applyIn } from './support/apply.ts'
import { existingCluster } from './support/existing-cluster.ts'
import { queueEvent } from './support/invoke.ts'
import { onlyThese } from './support/rotation.ts'
import { type System, system } from './support/system.ts'

let running: System

beforeAll(async () => {
  running = await system()
})

const rotation = z.object({
  clusters: z.array(z.looseObject({ cluster: z.string(), outcome: z.string() })),
  counts: z.record(z.string(), z.number()),
})

it('a rotation says what came of each cluster, verifies those that it has looked at, and stops at none', async () => {
  const first = await existingCluster(running, 'rotated')
  const second = await existingCluster(running, 'unread')
  for (const { body } of [first, second]) expect((await running.setUp(body())).error).toBeUndefined()
  second.answer = (_, response) => void response.writeHead(503).end()

  await onlyThese(running, [first.name, second.name], async () => {
    const since = Date.now()
    const ended = await running.ended(await running.send('/v1/rotations', {}))
    expect(ended).toMatchObject({
      status: 'failed',
      error: { name: 'ClustersFailed', object: `cluster ${second.name}` },
    })
    const { clusters } = rotation.parse(ended.result)
    expect(clusters.find(({ cluster }) => cluster === first.name)).toMatchObject({
      outcome: 'unchanged',
      verificationId: expect.any(String),
    })
    expect(clusters.find(({ cluster }) => cluster === second.name)).toMatchObject({
      outcome: 'failed',
      error: { name: 'Unreachable', step: 'RotateThumbprints', object: second.discoveryUrl },
    })
    expect(await running.writesOf(first.name, since)).toEqual([])
  })
  for (const { name } of [first, second]) {
    const response = await fetch(`${running.api}/v1/clusters/${name}`)
    expect(await response.json()).not.toHaveProperty('runningOperationId')
  }
})

it('a rotation renews the token that wid connect --renew has stored, and shows its end', async () => {
  const own = await existingCluster(running, 'renewed')
  expect((await running.setUp(own.body())).error).toBeUndefined()
  const rights = await fetch(`${running.api}/v1/clusters/${own.name}/rights?renewal=true&format=json`)
  const { items } = manifests.parse(await rights.json())
  for (const item of items) await applyIn(running, own.name, item)
  const aged = { account: 'workload-identity', days: 90, left: 20, isMarked: true }
  const { kubeconfig, token } = await accountCredentials(own.cluster, aged)
  await running.sandbox.secrets.keep(`${own.name}/user-cluster`, kubeconfig)

  await onlyThese(running, [own.name], async () => {
    const ended = await running.ended(await running.send('/v1/rotations', {}))
    expect(ended.error).toBeUndefined()
    expect(rotation.parse(ended.result).clusters).toContainEqual(
      expect.objectContaining({ cluster: own.name, outcome: 'renewed' }),
    )
    expect(JSON.stringify(ended)).not.toContain(token)
  })
  const response = await fetch(`${running.api}/v1/clusters/${own.name}`)
  const { status } = recorded.parse(await response.json())
  expect(status.credentials).toMatchObject({ renewed: true })
  expect(Date.parse(status.credentials.endsAt) - Date.now()).toBeGreaterThan(89 * 86_400_000)
  // The record says that the right is needed from now on.
  const text = await (await fetch(`${running.api}/v1/clusters/${own.name}/rights`)).text()
  expect(text).toContain('RenewCredentials: The next token of this account.')
})

const manifests = z.object({
  items: z.array(
    z.looseObject({
      apiVersion: z.string(),
      kind: z.string(),
      metadata: z.looseObject({ name: z.string(), namespace: z.string().exactOptional() }),
    }),
  ),
})
const recorded = z.object({
  status: z.object({ credentials: z.object({ endsAt: z.string(), renewed: z.boolean() }) }),
})

const received = z.object({ Messages: z.array(z.object({ Body: z.string() })).default([]) })

it('a call of the schedule whose function fails is kept in the queue that the deployment names, with why', async () => {
  const { aws, deployment } = running.sandbox
  const event = { schedule: 'arn:aws:scheduler:eu-west-1:000000000000:schedule/default/rotations' }
  await queueEvent(running, 'ScheduledRotation', event)
  const queue = { QueueUrl: deployment.outputs.MissedRotationsQueueUrl }
  const receive = async () => received.parse(await json(aws, 'sqs', 'AmazonSQS.ReceiveMessage', queue)).Messages
  // Lambda tries twice more before.
  await expect
    .poll(async () => (await receive()).map(({ Body }) => JSON.parse(Body)), { timeout: 60_000, interval: 500 })
    .toEqual([
      expect.objectContaining({
        requestContext: expect.objectContaining({ condition: 'RetriesExhausted' }),
        requestPayload: event,
        responsePayload: expect.objectContaining({ errorMessage: expect.stringContaining('scheduledTime') }),
      }),
    ])
})
