/** Builds the release of the last commit twice. */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { clone, linkPackages } from './clone.ts'

const root = path.resolve(import.meta.dirname, '../../..')
const folder = path.join(root, '.sandbox', `release-${process.pid}`)
const nextWeek = pathToFileURL(path.join(import.meta.dirname, '../support/next-week.mjs')).href

afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }))

/** Builds the release of a clone, with the packages that another checkout has installed. Returns the folder with its files. */
function build(name: string, packages: string, environment: NodeJS.ProcessEnv = {}): { checkout: string; to: string } {
  const checkout = path.join(folder, name)
  clone(root, checkout)
  linkPackages(packages, checkout)
  const to = path.join(folder, `${path.basename(name)}-files`)
  execFileSync(process.execPath, ['tools/release/main.ts', '--to', to], {
    cwd: checkout,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return { checkout, to }
}

test('two builds of one commit have the same bytes, in other folders and on other days', () => {
  const first = build('first', root)
  const second = build('deeper/second', first.checkout, {
    NODE_OPTIONS: `--import=${nextWeek}`,
    TZ: 'Asia/Tokyo',
    LANG: 'ja_JP.UTF-8',
  })
  const files = readdirSync(first.to).map((file) => file.replace(/-\d.*\.tgz$/, '.tgz'))
  expect(files.sort()).toEqual([
    'RELEASE-NOTES.md',
    'SHA256SUMS',
    'THIRD-PARTY-LICENSES.txt',
    'sbom.json',
    'workload-identity-agent-image.tgz',
    'workload-identity-agent.tgz',
    'workload-identity-deployment.tgz',
    'workload-identity-docs.tgz',
    'workload-identity.tgz',
  ])
  const sums = ({ to }: { to: string }) => readFileSync(path.join(to, 'SHA256SUMS'), 'utf8')
  expect(sums(second)).toBe(sums(first))
  const check = ['--check', '--ignore-missing', 'SHA256SUMS']
  expect(execFileSync('sha256sum', check, { cwd: first.to, encoding: 'utf8' }).match(/: OK$/gm)).toHaveLength(8)
}, 600_000)
