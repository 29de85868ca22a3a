import { expect } from 'vitest'
import { makeLookAlikes } from '../../e2e/support/clusters/look-alikes.ts'
import { ownCluster } from '../../e2e/support/requests.ts'
import { type Disturbed, type healing, startDisturbed } from '../../e2e/support/runs/disturbances.ts'
import { footprint } from '../../e2e/support/runs/footprint.ts'
import type { System } from '../../e2e/support/system.ts'

export const withCluster = 'deleteCluster=true'

/** A cluster that was set up, and the objects before that. */
interface SetUpCluster {
  readonly system: System
  readonly name: string
  readonly before: Awaited<ReturnType<typeof footprint>>
  readonly path: string
}

export async function setUpCluster(system: System, purpose: string): Promise<SetUpCluster> {
  const { name, body } = await ownCluster(system, purpose, 'csr-cluster')
  await makeLookAlikes(system, name)
  const before = await footprint(system, name)
  expect((await system.setUp(body())).error).toBeUndefined()
  return { system, name, before, path: `/v1/clusters/${name}` }
}

export async function expectGone({ system, name, before, path }: SetUpCluster): Promise<void> {
  expect(await footprint(system, name)).toEqual(before)
  expect((await fetch(system.api + path)).status).toBe(404)
}

/** Starts a teardown that deletes the cluster itself, and returns the path of the operation. */
export function startTeardown(system: System, path: string): Promise<string> {
  return system.sendDelete(`${path}?${withCluster}`)
}

/** The disturbance ends the step, and the teardown continues. */
export async function healed(system: System, way: (typeof healing)[number], step: string): Promise<void> {
  const cluster = await setUpCluster(system, 'heals')
  const { location, happened } = await disturbed(cluster, step, way)
  const ended = await system.ended(location)
  await happened()
  expect(ended).toMatchObject({ status: 'succeeded', result: { remaining: [] } })
  await expectGone(cluster)
}

/** The step is killed until all its retries have failed, and the next teardown removes the rest. */
export async function killed(system: System, step: string): Promise<void> {
  const cluster = await setUpCluster(system, 'killed')
  const { location, happened } = await disturbed(cluster, step, 'killed until the setup fails')
  await happened()
  // The deletion of the cluster removes the objects in it.
  const isGone = step === 'UnbindKsa' || step === 'RemoveWebhook'
  const failed = { status: 'failed', error: { name: 'Runtime.ExitError', step }, result: { remaining: [{ step }] } }
  const ended = await system.ended(location)
  expect(ended).toMatchObject(isGone ? { status: 'succeeded', result: { remaining: [] } } : failed)
  await tearDownAgain(cluster)
}

/** The teardown is stopped in the step, and the next one removes the rest. */
export async function stopped(system: System, step: string): Promise<void> {
  const cluster = await setUpCluster(system, 'stopped')
  const { location, happened } = await disturbed(cluster, step, 'stopped')
  await happened()
  await system.ended(location)
  await tearDownAgain(cluster)
}

function disturbed({ system, name, path }: SetUpCluster, step: string, way: Disturbed['way']) {
  return startDisturbed({ system, cluster: name, steps: [step], way }, () => startTeardown(system, path))
}

/** Tears the cluster down, unless the first teardown has already removed it. */
async function tearDownAgain(cluster: SetUpCluster): Promise<void> {
  const { system, name, path } = cluster
  await system.untilFree(name)
  const response = await system.delete(`${path}?${withCluster}`)
  if (response.status !== 404) {
    const ended = await system.ended(response.headers.get('location') ?? '')
    expect(ended).toMatchObject({ status: 'succeeded', result: { remaining: [] } })
  }
  await expectGone(cluster)
}
