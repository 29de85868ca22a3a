import { expect, vi } from 'vitest'
import { executionStatus } from '../aws-clients.ts'
import type { OperationAnswer } from '../operation.ts'
import type { OwnCluster } from '../requests.ts'
import type { System } from '../system.ts'
import { type ending, type healing, startDisturbed } from './disturbances.ts'
import { type EndState, endState } from './end-state.ts'

type Healing = (typeof healing)[number]
type Ending = (typeof ending)[number]

/** Sets the cluster up while each of the steps is disturbed. The setup must succeed. */
export async function setUpThrough(
  system: System,
  { name, body }: OwnCluster,
  { steps, way }: { readonly steps: readonly string[]; readonly way: Healing },
): Promise<void> {
  const { location, happened } = await startDisturbed({ system, cluster: name, steps, way }, () => system.start(body()))
  const operation = await system.ended(location)
  expect(operation.error).toBeUndefined()
  await happened()
  expect(operation.status).toBe('succeeded')
  const hasSucceeded = async () => expect(await executionStatus(system, operation.operationId)).toBe('SUCCEEDED')
  await vi.waitFor(hasSucceeded, { timeout: 20_000 })
}

/** Disturbs one setup of the cluster so that it fails, and then sets it up again. */
export async function setUpDespite(
  system: System,
  { name, body }: OwnCluster,
  { step, way }: { readonly step: string; readonly way: Ending },
): Promise<void> {
  const disturbed = { system, cluster: name, steps: [step], way }
  const { location, happened } = await startDisturbed(disturbed, () => system.start(body()))
  await happened()
  await system.ended(location)
  await system.untilFree(name)
  const last = await system.setUp(body())
  expect(last.error).toBeUndefined()
  expect(last.status).toBe('succeeded')
  expect(await system.ended(location)).toMatchObject(endOf(step, way))
}

function endOf(step: string, way: Ending): Partial<OperationAnswer> {
  // RecordResult may have recorded the end before it was stopped or killed.
  if (step === 'RecordResult') return { status: expect.stringMatching(/succeeded|failed|cancelled/) }
  if (way === 'stopped') return { status: 'cancelled' }
  return { status: 'failed', error: expect.objectContaining({ name: 'Runtime.ExitError', step }) }
}

/** The cluster has the same objects as an undisturbed one, and another setup writes nothing. */
export async function expectConverged(system: System, cluster: OwnCluster, undisturbed: EndState): Promise<void> {
  const end = await endState(system, cluster.name)
  expect(end.filter((line) => !undisturbed.includes(line))).toEqual([])
  expect(end).toEqual(undisturbed)
  const since = Date.now()
  const again = await system.setUp(cluster.body())
  expect(again.status).toBe('succeeded')
  expect(await system.writesOf(cluster.name, since)).toEqual([])
}
