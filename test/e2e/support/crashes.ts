import { expect, vi } from 'vitest'
import { executionStatus } from './aws-clients.ts'
import { arm, type ending, type healing } from './disturbances.ts'
import { type EndState, endState } from './end-state.ts'
import type { OperationAnswer } from './operation.ts'
import type { OwnCluster } from './requests.ts'
import type { System } from './system.ts'

type Healing = (typeof healing)[number]
type Ending = (typeof ending)[number]

/** Sets the cluster up once, disturbed in each of the steps: the setup goes on to the end by itself. */
export async function setUpThrough(
  system: System,
  cluster: OwnCluster,
  { steps, way }: { readonly steps: readonly string[]; readonly way: Healing },
): Promise<void> {
  const never = () => Promise.reject(new Error(`${way} needs no operation`))
  const target = { system, cluster: cluster.name, way, operationId: never }
  const armed = await Promise.all(steps.map((step) => arm({ ...target, step })))
  const operation = await system.setUp(cluster.body())
  expect(operation.error).toBeUndefined()
  await Promise.all(armed.map(({ happened }) => happened()))
  expect(operation.status).toBe('succeeded')
  const hasSucceeded = async () => expect(await executionStatus(system, operation.operationId)).toBe('SUCCEEDED')
  await vi.waitFor(hasSucceeded, { timeout: 20_000 })
}

/**
 * Disturbs one setup of the cluster after the other, each in the next step, and then sets it up to the end. Each is
 * followed by the next as soon as the API takes it.
 */
export async function setUpDespite(
  system: System,
  cluster: OwnCluster,
  { steps, way }: { readonly steps: readonly string[]; readonly way: Ending },
): Promise<void> {
  const disturbed: { step: string; location: string }[] = []
  for (const step of steps) {
    const location = await startDisturbed(system, cluster, step, way)
    disturbed.push({ step, location })
    await system.ended(location)
    await system.untilFree(cluster.name)
  }
  const last = await system.setUp(cluster.body())
  expect(last.error).toBeUndefined()
  expect(last.status).toBe('succeeded')
  for (const { step, location } of disturbed) {
    const { status, error } = await system.ended(location)
    expect({ step, status, error }).toMatchObject(endOf(step, way))
  }
}

/** Gives back where to look at the operation, which may go on. */
async function startDisturbed(system: System, cluster: OwnCluster, step: string, way: Ending): Promise<string> {
  const started = Promise.withResolvers<string>()
  const operationId = async () => (await started.promise).split('/').at(-1) ?? ''
  const { happened } = await arm({ system, cluster: cluster.name, step, way, operationId })
  const location = await system.start(cluster.body())
  started.resolve(location)
  await happened()
  return location
}

function endOf(step: string, way: Ending): Partial<OperationAnswer> {
  // What was stopped or killed while it recorded the end may have recorded it before.
  if (step === 'RecordResult') return { status: expect.stringMatching(/succeeded|failed|cancelled/) }
  if (way === 'stopped') return { status: 'cancelled' }
  return { status: 'failed', error: expect.objectContaining({ name: 'Runtime.ExitError', step }) }
}

/** As nobody has disturbed it: the same objects, and another setup finds nothing to write. */
export async function expectConverged(system: System, cluster: OwnCluster, undisturbed: EndState): Promise<void> {
  const end = await endState(system, cluster.name)
  expect(end.filter((line) => !undisturbed.includes(line))).toEqual([])
  expect(end).toEqual(undisturbed)
  const since = Date.now()
  const again = await system.setUp(cluster.body())
  expect(again.status).toBe('succeeded')
  expect(await system.writesOf(cluster.name, since)).toEqual([])
}
