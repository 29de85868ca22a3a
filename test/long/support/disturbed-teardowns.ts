import { expect } from 'vitest'
import { makeLookAlikes } from '../../e2e/support/clusters/look-alikes.ts'
import { ownCluster } from '../../e2e/support/requests.ts'
import { type Disturbed, type healing, startDisturbed } from '../../e2e/support/runs/disturbances.ts'
import { footprint } from '../../e2e/support/runs/footprint.ts'
import type { System } from '../../e2e/support/system.ts'

export const all = 'deleteCluster=true'

/** A cluster that was set up, and how everything was before. */
interface TornDown {
  readonly system: System
  readonly name: string
  readonly before: Awaited<ReturnType<typeof footprint>>
  readonly path: string
}

export async function setUpWhole(system: System, purpose: string): Promise<TornDown> {
  const { name, body } = await ownCluster(system, purpose, 'csr-cluster')
  await makeLookAlikes(system, name)
  const before = await footprint(system, name)
  expect((await system.setUp(body())).error).toBeUndefined()
  return { system, name, before, path: `/v1/clusters/${name}` }
}

export async function expectGone({ system, name, before, path }: TornDown): Promise<void> {
  expect(await footprint(system, name)).toEqual(before)
  expect((await fetch(system.api + path)).status).toBe(404)
}

/** Starts a teardown with the cluster itself, and gives back its path. */
export function start(system: System, path: string): Promise<string> {
  return system.sendDelete(`${path}?${all}`)
}

/** The way ends the step, and the teardown goes on by itself. */
export async function healed(system: System, way: (typeof healing)[number], step: string): Promise<void> {
  const cluster = await setUpWhole(system, 'heals')
  const { location, happened } = await disturbed(cluster, step, way)
  const ended = await system.ended(location)
  await happened()
  expect(ended).toMatchObject({ status: 'succeeded', result: { remaining: [] } })
  await expectGone(cluster)
}

/** The step is killed until the teardown gives it up, and the next teardown takes away what is left. */
export async function killed(system: System, step: string): Promise<void> {
  const cluster = await setUpWhole(system, 'killed')
  const { location, happened } = await disturbed(cluster, step, 'killed until the setup fails')
  await happened()
  // What is in the cluster goes with it.
  const isGone = step === 'UnbindKsa' || step === 'RemoveWebhook'
  const failed = { status: 'failed', error: { name: 'Runtime.ExitError', step }, result: { remaining: [{ step }] } }
  const ended = await system.ended(location)
  expect(ended).toMatchObject(isGone ? { status: 'succeeded', result: { remaining: [] } } : failed)
  await tearDownAgain(cluster)
}

/** The teardown is stopped in the step, and the next one takes away what is left. */
export async function stopped(system: System, step: string): Promise<void> {
  const cluster = await setUpWhole(system, 'stopped')
  const { location, happened } = await disturbed(cluster, step, 'stopped')
  await happened()
  await system.ended(location)
  await tearDownAgain(cluster)
}

function disturbed({ system, name, path }: TornDown, step: string, way: Disturbed['way']) {
  return startDisturbed({ system, cluster: name, steps: [step], way }, () => start(system, path))
}

/** Of a cluster that is gone there is nothing left to take away. */
async function tearDownAgain(cluster: TornDown): Promise<void> {
  const { system, name, path } = cluster
  await system.untilFree(name)
  const response = await system.delete(`${path}?${all}`)
  if (response.status !== 404) {
    const ended = await system.ended(response.headers.get('location') ?? '')
    expect(ended).toMatchObject({ status: 'succeeded', result: { remaining: [] } })
  }
  await expectGone(cluster)
}
