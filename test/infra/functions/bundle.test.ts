import { execFile } from 'node:child_process'
import { cpSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bundle } from '../../../infra/functions/bundle.ts'
import { bundleName } from '../../../infra/functions/entry.ts'
import { functionGroups } from '../../../infra/functions/function-groups.ts'
import type { FunctionSpec } from '../../../infra/functions/function-spec.ts'
import { entries, stepFunctions } from '../../../infra/functions/functions.ts'
import { productBundles } from '../../../infra/functions/kept-bundles.ts'
import { temporaryDirectory } from '../../support/temporary.ts'

const run = promisify(execFile)
const steps: readonly FunctionSpec[] = [...stepFunctions.values()]
const withGoogle = ['create-bucket', 'empty-bucket']
const withKubernetes = steps.filter(({ reachesClusters }) => reachesClusters).map(({ entry }) => bundleName(entry))

let directory: Awaited<ReturnType<typeof temporaryDirectory>>

beforeAll(async () => {
  directory = await temporaryDirectory()
  // In a folder without node_modules above it, unlike the folder of the cached bundles.
  cpSync(productBundles(), directory.path, { recursive: true })
})
afterAll(() => directory?.remove())

test.each(entries.map(bundleName))('the bundle of %s is small enough to start quickly', (name) => {
  expect(statSync(fileOf(name)).size / 1e6).toBeLessThanOrEqual(mostMegabytes(name))
})

test('every bundle loads without installed packages, and exports its handler', async () => {
  const names = entries.map(bundleName)
  // An import of a package that the bundle lacks fails here. One process loads all bundles.
  const urls = names.map((name) => pathToFileURL(fileOf(name)).href)
  const script = `
    for (const url of ${JSON.stringify(urls)}) {
      console.log(await import(url).then(({ handler }) => typeof handler, (error) => String(error)))
    }`
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: directory.path,
    env: { AWS_REGION: 'eu-west-1' },
  })
  const loaded = stdout.trim().split('\n')
  expect(Object.fromEntries(names.map((name, index) => [name, loaded[index]]))).toEqual(
    Object.fromEntries(names.map((name) => [name, 'function'])),
  )
})

test.each(Object.entries(functionGroups))('the bundle of %s runs only its own steps', async (name, { steps: own }) => {
  const url = pathToFileURL(fileOf(name)).href
  const script = `
  const { handler } = await import(${JSON.stringify(url)})
  await handler({ state: 'CreateRole' }).catch((error) => console.log(error.name, error.message))`
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: directory.path,
    env: { AWS_REGION: 'eu-west-1' },
  })
  expect(stdout).toContain(`InvalidStepInput`)
  expect(stdout).toContain(`its steps are ${own.join(', ')}`)
})

function fileOf(name: string): string {
  return join(directory.path, name, 'index.mjs')
}

function mostMegabytes(name: string): number {
  if (withKubernetes.includes(name)) return 1.75
  if (withGoogle.includes(name)) return 1.8
  return 0.9
}

test('a bundle is refused if its entry is not among the files whose changes invalidate the cache', () => {
  const elsewhere = bundle.bind(undefined, ['bench/support/measure.ts'], join(directory.path, 'elsewhere'))
  expect(elsewhere).toThrow('bench/support/measure.ts')
})
