import { expect, test } from 'vitest'
import { parse } from 'yaml'
import * as z from 'zod'
import cli from '../../cli/package.json' with { type: 'json' }
import manifest from '../../package.json' with { type: 'json' }
import { read } from './support.ts'

const workflow = z.object({
  jobs: z.record(
    z.string(),
    z.object({
      'timeout-minutes': z.number(),
      steps: z.array(z.object({ uses: z.string().optional(), run: z.string().optional() })),
    }),
  ),
})

const ci = read('.github/workflows/ci.yml')
const release = read('.github/workflows/release.yml')
const jobsOf = (text: string) => Object.values(workflow.parse(parse(text)).jobs)

test('the hosted CI runs .ci/run, within a time limit', () => {
  expect(jobsOf(ci).flatMap(({ steps }) => steps.map(({ run }) => run))).toContain('.ci/run')
  for (const job of jobsOf(ci)) expect(job['timeout-minutes']).toBeLessThanOrEqual(90)
})

test('a tag makes the files of a release', () => {
  expect(jobsOf(release).flatMap(({ steps }) => steps.map(({ run }) => run))).toContain('npm run release')
})

test.each([
  ['CI', ci],
  ['the release', release],
])('the workflow of %s pins each action to a commit, with its version in a comment', (_, text) => {
  const used = jobsOf(text).flatMap(({ steps }) => steps.flatMap(({ uses }) => uses ?? []))
  expect(used.length).toBeGreaterThan(0)
  for (const uses of used) {
    expect(uses).toMatch(/^[\w./-]+@[0-9a-f]{40}$/)
    expect(text).toMatch(new RegExp(`${uses} # v\\d+\\.\\d+\\.\\d+\n`))
  }
})

test('the pages, the programs and the packages name the same versions of Node', () => {
  const pages = ['README.md', 'CONTRIBUTING.md', 'docs/getting-started.md', 'sandbox/bootstrap.mjs']
  for (const page of pages) {
    const named = [...read(page).matchAll(/Node\.js ([\d.]+) or newer/g)].map(([, version]) => `>=${version}`)
    expect(new Set(named), page).toEqual(new Set([manifest.engines.node]))
  }
  for (const page of ['docs/cli.md', 'docs/deploy.md', 'tools/release/kit-readme.txt']) {
    const [, packed] = /Node\.js ([\d.]+) or newer/.exec(read(page)) ?? []
    expect(`>=${packed}.0`, page).toBe(cli.engines.node)
  }
})

test('the pages name the files of the version in package.json', () => {
  for (const page of ['README.md', 'docs/cli.md', 'docs/deploy.md', 'integrations/github/workflow.yml']) {
    const named = [...read(page).matchAll(/workload-identity-(?:deployment-)?(\d+\.\d+\.\d+(?:-[a-z]+\.\d+)?)/g)]
    expect(new Set(named.map(([, version]) => version)), page).toEqual(new Set([manifest.version]))
  }
})

test('.nvmrc names the Node that the functions run on', () => {
  const major = read('.nvmrc').trim()
  expect(read('infra/functions/node-function.ts')).toContain(`Runtime.NODEJS_${major}_X`)
  expect(manifest.devDependencies.node.split('.')[0]).toBe(major)
})
