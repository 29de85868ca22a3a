import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { existingCluster } from '../e2e/support/clusters/existing-cluster.ts'
import { type System, system } from '../e2e/support/system.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { installPython, integrations } from './support/install.ts'
import { type Ended, runProgram } from './support/run.ts'

const folder = path.join(integrations, 'python')

let running: System
let python: string
let directory: Awaited<ReturnType<typeof temporaryDirectory>>

beforeAll(async () => {
  python = await installPython()
  running = await system()
  directory = await temporaryDirectory()
  const generated = path.join(directory.path, 'workload_identity')
  const { code, out, err } = await runProgram([python, 'generate.py', running.api, generated], { cwd: folder })
  expect(code, out + err).toBe(0)
}, 600_000)
afterAll(() => directory?.remove())

async function setUp(body: unknown): Promise<Ended> {
  const file = path.join(directory.path, 'request.json')
  await writeFile(file, JSON.stringify(body))
  const env = { PYTHONPATH: directory.path }
  return runProgram([python, 'set_up.py', running.api, file], { cwd: folder, env })
}

it('a client generated from the description of the API sets up a cluster, and reads its proof', async () => {
  const own = await existingCluster(running, 'python')
  const { code, out, err } = await setUp(own.body())
  expect(code, err).toBe(0)
  expect(out).toBe(`system:serviceaccount:reports:exporter may act as ${own.roleArn}\n`)
})

it('prints the faults of a request that the API refuses', async () => {
  const own = await existingCluster(running, 'python-refused')
  const { code, err } = await setUp(own.body({ 'workloads.0.namespace': 'Not_A_Name' }))
  expect([code, err]).toEqual([1, expect.stringContaining('workloads[0].namespace')])
})
