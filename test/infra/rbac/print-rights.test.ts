import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const root = path.resolve(import.meta.dirname, '../../..')
const run = promisify(execFile)
const print = (...args: string[]) => run(process.execPath, ['infra/rbac/print-rights.ts', ...args], { cwd: root })

it('prints the rights for a request, and the mistakes of an invalid request', async () => {
  const { stdout } = await print('examples/setup.json', '--management')
  expect(stdout).toContain('resourceNames: [prod-eu]')
  await expect(print('package.json')).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('cluster is missing'),
  })
  await expect(print('examples/existing-cluster.json', '--management')).rejects.toMatchObject({
    stderr: expect.stringContaining('has no management cluster'),
  })
})

it('adds the rights of a teardown to those of a setup, which may change the webhook', async () => {
  const printed = async (...options: string[]) => (await print('examples/existing-cluster.json', ...options)).stdout
  const both = await printed('--teardown')
  expect(both).toContain('a setup and a teardown do')
  const steps = (text: string) => new Set(text.match(/\b(Verify|SwitchToCandidate|UnbindKsa)\b/g))
  expect(steps(await printed())).toEqual(new Set(['Verify', 'SwitchToCandidate']))
  expect(steps(both)).toEqual(new Set(['Verify', 'SwitchToCandidate', 'UnbindKsa']))
})

it.each([
  [[], 'only for Kubernetes 1.21', false],
  [['--kubernetes', '1.21'], 'only for Kubernetes 1.21', true],
  [['--management'], 'do on a management cluster', true],
])('prints the rights for all requests with %j', async (options, words, has) => {
  const { stdout } = await print('--all', ...options)
  expect(stdout).toContain('workload-identity/rights: all')
  expect(stdout.includes(words)).toBe(has)
})

it.each([['examples/setup.json'], ['--cluster', 'prod-eu'], ['--teardown']])(
  'refuses to print the rights for all requests with %s',
  async (...args) => {
    await expect(print('--all', ...args)).rejects.toMatchObject({ stderr: expect.stringContaining('Give --all with') })
  },
)
