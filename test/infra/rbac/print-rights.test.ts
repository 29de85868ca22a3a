import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const root = path.resolve(import.meta.dirname, '../../..')
const run = promisify(execFile)
const print = (...args: string[]) => run(process.execPath, ['infra/rbac/print-rights.ts', ...args], { cwd: root })

it.each([
  [[], 'only for Kubernetes 1.21', false],
  [['--kubernetes', '1.21'], 'only for Kubernetes 1.21', true],
  [['--management'], 'do on a management cluster', true],
])('prints the rights for every request with %j', async (options, words, has) => {
  const { stdout } = await print(...options)
  expect(stdout).toContain('workload-identity/rights: all')
  expect(stdout.includes(words)).toBe(has)
})

it.each([
  [['--kubernetes', 'new'], 'takes a version such as 1.21'],
  [['examples/setup.json'], "Unexpected argument 'examples/setup.json'"],
])('refuses %j', async (options, words) => {
  await expect(print(...options)).rejects.toMatchObject({ stderr: expect.stringContaining(words) })
})
