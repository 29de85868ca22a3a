/** Deploys another release while setups wait, then the previous release again. */
import path from 'node:path'
import { beforeAll, expect, inject, it } from 'vitest'
import { cdk, deploy } from '../../../sandbox/aws/deploy.ts'
import type { OperationAnswer } from '../../e2e/support/operation.ts'
import { type OwnCluster, ownCluster } from '../../e2e/support/requests.ts'
import { type System, startSystem } from '../../e2e/support/system.ts'

let running: System

beforeAll(async () => {
  running = await startSystem()
}, 240_000)

/** Deploys the product of this checkout. */
function options() {
  return { aws: running.sandbox.aws, directory: path.join(inject('sandboxDirectory'), 'releases') }
}

const nextRelease = path.join(import.meta.dirname, '../support/next-release-app.ts')

const waitsForCluster = ({ steps }: OperationAnswer) =>
  steps.some(({ state, status }) => state === 'CheckCluster' && status === 'waiting')

function ownClusters(count: number): Promise<OwnCluster[]> {
  return Promise.all(Array.from({ length: count }, () => ownCluster(running, 'release')))
}

/** Starts setups that wait for their clusters until the test lowers `provisioningMs`. */
async function waitingSetups(count: number): Promise<string[]> {
  const clusters = await ownClusters(count)
  const locations = await Promise.all(clusters.map(({ body }) => running.start(body())))
  await Promise.all(locations.map((location) => running.until(location, waitsForCluster)))
  return locations
}

it('waiting setups continue on the release on which they started, although another is deployed and rolled back', async () => {
  const { kubernetes } = running.sandbox
  const soon = kubernetes.provisioningMs
  kubernetes.provisioningMs = Number.POSITIVE_INFINITY
  const waiting = await waitingSetups(20)
  const [ofNext] = await ownClusters(1)

  await deploy({ ...options(), app: nextRelease })
  await expect(cdk(['diff', '--fail'], options())).rejects.toThrow('AWS::Lambda::Version')
  expect(await running.setUp(ofNext?.body())).toMatchObject({ status: 'failed', error: { name: 'InvalidStepInput' } })
  kubernetes.provisioningMs = soon
  const ends = waiting.map((location) => running.ended(location))
  expect(await Promise.race(ends)).toMatchObject({ status: 'succeeded' })

  await deploy(options())
  expect((await cdk(['diff', '--fail'], options())).join('\n')).toContain('There were no differences')
  for (const { error, status } of await Promise.all(ends)) expect({ error, status }).toEqual({ status: 'succeeded' })
  expect((await running.setUp(ofNext?.body())).error).toBeUndefined()
}, 480_000)
