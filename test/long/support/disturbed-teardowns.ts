import { expect } from 'vitest'
import { arm } from '../../e2e/support/disturbances.ts'
import { footprint } from '../../e2e/support/footprint.ts'
import { makeLookAlikes } from '../../e2e/support/look-alikes.ts'
import type { OperationAnswer } from '../../e2e/support/operation.ts'
import { ownCluster } from '../../e2e/support/requests.ts'
import type { System } from '../../e2e/support/system.ts'

export const all = 'deleteCluster=true'

/** A cluster that was set up, and how everything was before. */
export interface TornDown {
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
export async function start(system: System, path: string): Promise<string> {
  const response = await system.delete(`${path}?${all}`)
  expect(response.status).toBe(202)
  return response.headers.get('location') ?? ''
}

/** The way ends the step, and the teardown mends it by itself. */
export async function healed(system: System, way: 'killed once' | 'not answered', step: string): Promise<void> {
  const cluster = await setUpWhole(system, 'heals')
  const never = () => Promise.reject(new Error(`${way} needs no operation`))
  const { happened } = await arm({ system, cluster: cluster.name, step, way, operationId: never })
  const ended = await system.ended(await start(system, cluster.path))
  await happened()
  expect(ended).toMatchObject({ status: 'succeeded', result: { remaining: [] } })
  await expectGone(cluster)
}

/** The step is killed until the teardown gives it up, and the next teardown takes away what is left. */
export async function killed(system: System, step: string): Promise<void> {
  const cluster = await setUpWhole(system, 'killed')
  const ended = await disturbed(cluster, step, 'killed until the setup fails')
  // What is in the cluster goes with it.
  const isGone = step === 'UnbindKsa' || step === 'RemoveWebhook'
  const failed = { status: 'failed', error: { name: 'Runtime.ExitError', step }, result: { remaining: [{ step }] } }
  expect(ended).toMatchObject(isGone ? { status: 'succeeded', result: { remaining: [] } } : failed)
  await tearDownAgain(cluster)
  await expectGone(cluster)
}

/** The teardown is stopped in the step, and the next one takes away what is left. */
export async function stopped(system: System, step: string): Promise<void> {
  const cluster = await setUpWhole(system, 'stopped')
  await disturbed(cluster, step, 'stopped')
  await tearDownAgain(cluster)
  await expectGone(cluster)
}

/** Of a cluster that is gone there is nothing left to take away. */
async function tearDownAgain({ system, name, path }: TornDown): Promise<void> {
  await system.untilFree(name)
  const response = await system.delete(`${path}?${all}`)
  if (response.status === 404) return
  const ended = await system.ended(response.headers.get('location') ?? '')
  expect(ended).toMatchObject({ status: 'succeeded', result: { remaining: [] } })
}

async function disturbed(
  { system, name, path }: TornDown,
  step: string,
  way: 'killed until the setup fails' | 'stopped',
): Promise<OperationAnswer> {
  const started = Promise.withResolvers<string>()
  const operationId = async () => (await started.promise).split('/').at(-1) ?? ''
  const { happened } = await arm({ system, cluster: name, step, way, operationId })
  const location = await start(system, path)
  started.resolve(location)
  await happened()
  return system.ended(location)
}
