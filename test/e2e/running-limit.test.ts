import { afterAll, beforeAll, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { setFunctionVariable } from './support/function-variables.ts'
import { type OwnCluster, ownCluster } from './support/requests.ts'
import { type System, system } from './support/system.ts'

const most = 'RUNNING_PER_CALLER'
let running: System
let usual: string

beforeAll(async () => {
  running = await system()
  usual = await setFunctionVariable(running, most, '2')
})
afterAll(() => setFunctionVariable(running, most, usual))

const problem = z.object({ type: z.string(), instance: z.string(), detail: z.string() })

it('a caller with as many operations as it may have waits for one to end, be cancelled or fail, and another caller does not', async () => {
  const [first, second] = [await held('first'), await held('second')]
  const next = await ownCluster(running, 'next')
  const refused = await running.post(next.body())
  expect(refused.status).toBe(429)
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(problem.parse(await refused.json())).toMatchObject({
    type: 'urn:workload-identity:problem:too-many-running',
    instance: first.location,
    detail: expect.stringContaining('user/administrator has 2 operations running, and may have 2 at once'),
  })
  expect((await fetch(`${running.api}/v1/clusters/${next.name}`)).status).toBe(404)

  const others = await ownCluster(running, 'others')
  const ofOther = await running.post(others.body(), { 'x-local-user': 'operator' })
  expect(ofOther.status).toBe(202)
  expect((await running.ended(ofOther.headers.get('location') ?? '')).status).toBe('succeeded')

  await running.postTo(`${first.location}/cancel`, {})
  expect((await running.setUp(next.body())).status).toBe('succeeded')

  const failing = await ownCluster(running, 'failing')
  const object = `${failing.name}-discovery`
  running.sandbox.google.faults.add({ kind: 'refuse', operation: 'storage.buckets.insert', object, times: 1 })
  expect((await running.setUp(failing.body())).status).toBe('failed')

  expect((await running.setUp(failing.body())).status).toBe('succeeded')
  expect((await running.observe(second.location)).status).toBe('running')
  first.release()
  second.release()
  expect((await running.ended(second.location)).status).toBe('succeeded')
})

interface Held {
  readonly location: string
  readonly release: () => void
}

/** A setup that waits until it is released. */
async function held(purpose: string): Promise<Held> {
  const cluster: OwnCluster = await ownCluster(running, purpose)
  const { promise: released, resolve: release } = Promise.withResolvers<void>()
  running.sandbox.google.faults.interrupt({
    operation: 'storage.buckets.insert',
    object: `${cluster.name}-discovery`,
    answer: 'sent',
    meanwhile: () => released,
  })
  return { location: await running.start(cluster.body()), release }
}
