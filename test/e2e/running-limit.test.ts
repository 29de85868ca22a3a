import { afterAll, beforeAll, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { ownCluster } from './support/requests.ts'
import { setFunctionVariable } from './support/runs/functions.ts'
import { type System, system } from './support/system.ts'

const limitVariable = 'RUNNING_PER_CALLER'
let running: System
let usual: { readonly limit: string; readonly provisioningMs: number }

beforeAll(async () => {
  running = await system()
  const { kubernetes } = running.sandbox
  usual = { limit: await setFunctionVariable(running, limitVariable, '2'), provisioningMs: kubernetes.provisioningMs }
  kubernetes.provisioningMs = Number.POSITIVE_INFINITY
})
afterAll(async () => {
  running.sandbox.kubernetes.provisioningMs = usual.provisioningMs
  await setFunctionVariable(running, limitVariable, usual.limit)
})

const problem = z.object({ type: z.string(), instance: z.string(), detail: z.string() })

it('a caller whose concurrency slots are in use is refused until one of its operations ends, is cancelled or fails; another caller is not', async () => {
  const [first, second] = [await waiting('first'), await waiting('second')]
  const next = await ownCluster(running, 'next')
  const refused = await running.post(next.body())
  expect(refused.status).toBe(429)
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(problem.parse(await refused.json())).toMatchObject({
    type: 'urn:workload-identity:problem:too-many-running',
    instance: first,
    detail: expect.stringContaining('user/administrator has 2 operations running, and may have 2 at once'),
  })
  expect((await fetch(`${running.api}/v1/clusters/${next.name}`)).status).toBe(404)

  const plan = async (user: string) => running.postTo('/v1/plans', next.body(), { 'x-local-user': user })
  const ofOther = await plan('operator')
  expect(ofOther.status).toBe(202)
  expect((await running.ended(ofOther.headers.get('location') ?? '')).status).toBe('succeeded')
  expect((await plan('administrator')).status).toBe(429)

  expect((await running.postTo(`${first}/cancel`, {})).status).toBe(200)
  const planned = await running.ended(await running.send('/v1/plans', next.body()))
  expect(planned.status).toBe('succeeded')

  const failing = await ownCluster(running, 'failing')
  const object = `${failing.name}-discovery`
  running.sandbox.google.faults.add({ kind: 'refuse', operation: 'storage.buckets.insert', object, times: 1 })
  expect((await running.setUp(failing.body())).status).toBe('failed')

  expect((await plan('administrator')).status).toBe(202)
  expect((await running.observe(second)).status).toBe('running')
  expect((await running.postTo(`${second}/cancel`, {})).status).toBe(200)
})

/** Starts a setup that waits for its cluster. */
async function waiting(purpose: string): Promise<string> {
  const cluster = await ownCluster(running, purpose)
  const location = await running.start(cluster.body())
  await running.until(location, ({ steps }) => steps.some(({ status }) => status === 'waiting'))
  return location
}
