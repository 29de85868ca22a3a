import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import * as z from 'zod/mini'
import { account } from '../../../sandbox/account.ts'
import { rootUserEnvironment } from '../../../sandbox/aws/server.ts'
import { deleteCopy, deleteRecord, readCopy } from '../../e2e/support/aws-clients.ts'
import { existingCluster } from '../../e2e/support/clusters/existing-cluster.ts'
import { rotate } from '../../e2e/support/clusters/rotation.ts'
import { ownCluster } from '../../e2e/support/requests.ts'
import { driftOf } from '../../e2e/support/runs/comparison.ts'
import { footprint } from '../../e2e/support/runs/footprint.ts'
import { type System, startSystem } from '../../e2e/support/system.ts'

const run = promisify(execFile)
const recordedCluster = z.looseObject({ verifiedAt: z.string() })

/** Not shared with other files, because the tests delete the table. */
let running: System

beforeAll(async () => {
  running = await startSystem()
})
afterAll(() => running?.sandbox.close())

it('recovers a deleted table: the record of the cluster is as before, and drift, rotation, setup and teardown succeed', async () => {
  const { name, body } = await existingCluster(running, 'recovered')
  const before = await footprint(running, name)
  expect((await running.setUp(body())).error).toBeUndefined()
  const path = `/v1/clusters/${name}`
  const recorded = await copied(name)

  await deleteRecord(running)
  expect((await fetch(running.api + path)).status).toBe(500)
  const since = Date.now()
  const printed = await recover()
  expect(printed).toContain(`${name}: `)
  expect(printed).not.toMatch(new RegExp(`no claim is written: .*\\b${name}\\b`))
  expect(await running.writesOf(name, since)).toEqual([])
  expect(await read(path)).toEqual(recorded)
  expect(await recover()).toMatch(new RegExp(`^${name}: 0 items written(?:.*\n)*0 claims written`, 'm'))

  expect(await driftOf(running, name)).toMatchObject({ summary: { differences: 0 }, problems: [] })
  const rotated = (await rotate(running)).get(name)
  expect(rotated?.error).toBeUndefined()
  expect(rotated?.outcome).toBe('unchanged')
  expect((await running.setUp(body())).error).toBeUndefined()
  expect(await running.tearDown(path)).toMatchObject({ status: 'succeeded', result: { remaining: [], abandoned: [] } })
  expect(await footprint(running, name)).toEqual(before)
})

it('recovers a cluster that a setup created, with its bucket and node pools: a setup writes nothing, and a teardown deletes them', async () => {
  const { name, body } = await ownCluster(running, 'recovered-whole')
  const before = await footprint(running, name)
  expect((await running.setUp(body())).error).toBeUndefined()
  await copied(name)

  await deleteRecord(running)
  await recover()
  const since = Date.now()
  expect((await running.setUp(body())).error).toBeUndefined()
  expect(await running.writesOf(name, since)).toEqual([])
  const gone = await running.tearDown(`/v1/clusters/${name}?deleteCluster=true`)
  expect(gone).toMatchObject({ status: 'succeeded', result: { remaining: [], abandoned: [] } })
  expect(await footprint(running, name)).toEqual(before)
})

it('a cluster without a copy can be set up again and torn down', async () => {
  const { name, body, roleArn } = await existingCluster(running, 'recovered-without-copy')
  const before = await footprint(running, name)
  expect((await running.setUp(body())).error).toBeUndefined()
  await copied(name)

  await deleteRecord(running)
  await deleteCopy(running, name)
  expect(await recover()).toMatch(
    new RegExp(
      `^${name}: not recovered, because it has no copy. Send its setup again. The setup takes over .*${roleArn}`,
      'm',
    ),
  )
  expect((await running.setUp(body())).error).toBeUndefined()
  const gone = await running.tearDown(`/v1/clusters/${name}`)
  expect(gone).toMatchObject({ status: 'succeeded', result: { remaining: [], abandoned: [] } })
  expect(await footprint(running, name)).toEqual(before)
})

/** Waits until the copy matches the record of a cluster, and returns the record. */
async function copied(name: string) {
  const recorded = await read(`/v1/clusters/${name}`)
  await vi.waitFor(
    async () => expect(JSON.stringify(await readCopy(running, name))).toContain(recorded.verifiedAt),
    30_000,
  )
  return recorded
}

async function read(path: string) {
  const response = await fetch(running.api + path)
  expect(response.status).toBe(200)
  return recordedCluster.parse(await response.json())
}

/** Runs the command, and returns its output. */
async function recover(): Promise<string> {
  const { TableName = '', RecordCopiesBucketName = '' } = running.sandbox.deployment.outputs
  const deployment = `${account.id}/${account.region}/WorkloadIdentity`
  const options = [
    '--table',
    TableName,
    '--bucket',
    RecordCopiesBucketName,
    '--deployment',
    deployment,
    '--create-table',
  ]
  const { stdout } = await run(process.execPath, ['infra/recovery/main.ts', ...options], {
    env: { ...process.env, ...rootUserEnvironment(running.sandbox.aws.endpoint, account.region) },
  })
  return stdout
}
