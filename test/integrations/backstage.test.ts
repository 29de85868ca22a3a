import { cp, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { type ExistingCluster, existingCluster } from '../e2e/support/clusters/existing-cluster.ts'
import { type System, system } from '../e2e/support/system.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { installBackstage, integrations } from './support/install.ts'
import { runProgram } from './support/run.ts'

const folder = path.join(integrations, 'backstage')
const outputs = z.object({ role: z.object({ code: z.number(), body: z.object({ operationId: z.string() }) }) })

let running: System
let own: ExistingCluster
let directory: Awaited<ReturnType<typeof temporaryDirectory>>

beforeAll(async () => {
  await installBackstage()
  running = await system()
  own = await existingCluster(running, 'backstage')
  expect((await running.setUp(own.body())).error).toBeUndefined()
  directory = await temporaryDirectory()
}, 600_000)
afterAll(() => directory?.remove())

/** Validates the files of the folder, and runs the template's steps against the sandbox. */
function check(checked: string, serviceAccount: string) {
  const policyArn = 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'
  const parameters = JSON.stringify({ cluster: own.name, namespace: 'reports', serviceAccount, policyArn })
  return runProgram([process.execPath, 'check.mjs', checked, running.api, parameters], { cwd: folder })
}

/** Copies the files, with a change in one of them. */
async function changed(file: string, from: string, to: string): Promise<string> {
  const copy = path.join(directory.path, 'changed')
  await rm(copy, { recursive: true, force: true })
  await cp(folder, copy, { recursive: true, filter: (name) => !name.includes('node_modules') })
  const text = await readFile(path.join(copy, file), 'utf8')
  expect(text).toContain(from)
  await writeFile(path.join(copy, file), text.replace(from, to))
  return copy
}

it('the template and the entities pass the validators of Backstage, and its action gives a workload a role', async () => {
  const { code, out, err } = await check('.', 'from-backstage')
  expect(code, err).toBe(0)
  const { role } = outputs.parse(JSON.parse(out))
  expect(role.code).toBe(202)
  const operation = await running.ended(`/v1/operations/${role.body.operationId}`)
  expect(operation.error).toBeUndefined()
  expect(operation.steps.map(({ state, item }) => `${state} ${item}`)).toContain('Verify reports/from-backstage')
})

it.each([
  ['an entity without a required field', 'catalog-info.yaml', '  lifecycle: production\n', ''],
  ['an invalid name of an entity', 'catalog-info.yaml', 'name: reports', 'name: re ports'],
  ['a template with an invalid step', 'template.yaml', 'action: http:backstage:request', 'call: http'],
  ['an invalid input of the action', 'template.yaml', 'method: POST', 'method: SEND'],
])('the check fails for %s', async (_, file, from, to) => {
  const { code, err } = await check(await changed(file, from, to), 'never')
  expect(code).toBe(1)
  expect(err).toContain('Error')
})

it('a task fails when the API refuses the workload', async () => {
  const { code, err } = await check('.', 'Not_A_Name')
  expect([code, err]).toEqual([1, expect.stringContaining('serviceAccount')])
})
