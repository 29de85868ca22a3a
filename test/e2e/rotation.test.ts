import { beforeAll, expect, test } from 'vitest'
import * as z from 'zod'
import { workloadItem } from '../../lambdas/operations/record/record.ts'
import { json } from '../sandbox/aws/support/query.ts'
import { accountCredentials } from '../support/aws/account-credentials.ts'
import { applyIn } from './support/apply.ts'
import { putRecord, readRecord } from './support/aws-clients.ts'
import { type ExistingCluster, existingCluster } from './support/clusters/existing-cluster.ts'
import { onlyThese, rotate } from './support/clusters/rotation.ts'
import { queueEvent } from './support/runs/functions.ts'
import { type System, system } from './support/system.ts'

let running: System
let own: ExistingCluster

beforeAll(async () => {
  running = await system()
  own = await existingCluster(running, 'rotated')
  expect((await running.setUp(own.body())).error).toBeUndefined()
})

const rotation = z.object({
  clusters: z.array(z.looseObject({ cluster: z.string(), outcome: z.string() })),
  counts: z.record(z.string(), z.number()),
})

test('a rotation reports the outcome of each cluster, verifies those that it could check, and continues after a failure', async () => {
  const second = await existingCluster(running, 'unread')
  expect((await running.setUp(second.body())).error).toBeUndefined()
  second.answer = (_, response) => void response.writeHead(503).end()

  await onlyThese(running, [own.name, second.name], async () => {
    const since = Date.now()
    const ended = await running.ended(await running.send('/v1/rotations', {}))
    expect(ended).toMatchObject({
      status: 'failed',
      error: { name: 'ClustersFailed', object: `cluster ${second.name}` },
    })
    const { clusters } = rotation.parse(ended.result)
    expect(clusters.find(({ cluster }) => cluster === own.name)).toMatchObject({
      outcome: 'unchanged',
      verificationId: expect.any(String),
    })
    expect(clusters.find(({ cluster }) => cluster === second.name)).toMatchObject({
      outcome: 'failed',
      error: { name: 'CloudUnavailable', step: 'RotateThumbprints', object: second.discoveryUrl },
    })
    expect(await running.writesOf(own.name, since)).toEqual([])
  })
  for (const { name } of [own, second]) {
    const response = await fetch(`${running.api}/v1/clusters/${name}`)
    expect(await response.json()).not.toHaveProperty('runningOperationId')
  }
})

test('rotations try tokens of other accounts once a day, and a requested verification always tries them', async () => {
  await onlyThese(running, [own.name], async () => {
    const earlier = await refusedAt()
    // A new day may begin before one of the rotations, but not before both.
    const withoutAttempts = { refused: [], refusedAt: expect.any(String), exchanges: 1 }
    expect([await provenByRotation(), await provenByRotation()]).toContainEqual(
      expect.objectContaining(withoutAttempts),
    )

    await refusedDaysAgo(1)
    expect(await provenByRotation()).toMatchObject({ refused: [{}, {}], exchanges: 3 })
    expect(Date.parse(await refusedAt())).toBeGreaterThan(Date.parse(earlier))
  })
  const requested = await running.ended(await running.send(`/v1/clusters/${own.name}/verifications`, {}))
  expect(requested.result?.proofs).toMatchObject([
    { refused: [{ answer: 'AccessDenied' }, { answer: 'InvalidIdentityToken' }] },
  ])
})

/** The proof of the workload after a rotation, and the number of tokens that STS received for its role meanwhile. */
async function provenByRotation() {
  const { name, roleArn } = own
  const since = Date.now()
  const { verificationId } = verifiedCluster.parse((await rotate(running)).get(name))
  const { result } = await running.ended(`/v1/operations/${verificationId}`)
  const [proof] = proven.parse(result).proofs
  const calls = await running.sandbox.aws.calls.all()
  const exchanges = calls.filter(
    ({ operation, object, at }) => operation === 'sts:AssumeRoleWithWebIdentity' && object === roleArn && at >= since,
  )
  return { ...proof, exchanges: exchanges.length }
}

/** When STS last refused tokens of other accounts for the role of the workload, as the API shows it. */
async function refusedAt(): Promise<string> {
  const response = await fetch(`${running.api}/v1/workloads?cluster=${own.name}`)
  return listedWorkloads.parse(await response.json()).workloads[0].refusedAt
}

/** Records that STS last refused such tokens this many days ago. */
async function refusedDaysAgo(days: number): Promise<void> {
  const item = await readRecord(running, { pk: `CLUSTER#${own.name}`, sk: 'WORKLOAD#reports/exporter' })
  const { status } = workloadItem.parse(item)
  const earlier = new Date(Date.now() - days * 86_400_000).toISOString()
  await putRecord(running, { ...item, status: { ...status, refusedAt: earlier } })
}

const verifiedCluster = z.looseObject({ verificationId: z.string() })
const proven = z.object({
  proofs: z.tuple([z.looseObject({ refused: z.array(z.looseObject({})), refusedAt: z.string().exactOptional() })]),
})
const listedWorkloads = z.object({ workloads: z.tuple([z.looseObject({ refusedAt: z.string() })]) })

test('a rotation renews the token that wid connect --renew has stored, and shows its expiry', async () => {
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
  // From now on the rights of the cluster include the renewal.
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

test('a scheduled call whose function fails is stored in the queue of the deployment, with the reason', async () => {
  const { aws, deployment } = running.sandbox
  const event = { schedule: 'arn:aws:scheduler:eu-west-1:000000000000:schedule/default/rotations' }
  await queueEvent(running, 'ScheduledRotation', event)
  const queue = { QueueUrl: deployment.outputs.MissedRotationsQueueUrl }
  const receive = async () => received.parse(await json(aws, 'sqs', 'AmazonSQS.ReceiveMessage', queue)).Messages
  // Lambda first retries twice.
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
