import { expect, test } from 'vitest'
import { parse } from 'yaml'
import * as z from 'zod'
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
const jobs = Object.values(workflow.parse(parse(ci)).jobs)

test('the hosted CI runs .ci/run, within a time limit', () => {
  expect(jobs.flatMap(({ steps }) => steps.map(({ run }) => run))).toContain('.ci/run')
  for (const job of jobs) expect(job['timeout-minutes']).toBeLessThanOrEqual(90)
})

test('the hosted CI pins each action to a commit, and says which version that is', () => {
  const used = jobs.flatMap(({ steps }) => steps.flatMap(({ uses }) => uses ?? []))
  expect(used.length).toBeGreaterThan(0)
  for (const uses of used) {
    expect(uses).toMatch(/^[\w./-]+@[0-9a-f]{40}$/)
    expect(ci).toMatch(new RegExp(`${uses} # v\\d+\\.\\d+\\.\\d+\n`))
  }
})

test('.nvmrc names the Node that the functions run on', () => {
  const major = read('.nvmrc').trim()
  expect(read('infra/node-function.ts')).toContain(`Runtime.NODEJS_${major}_X`)
  expect(manifest.devDependencies.node.split('.')[0]).toBe(major)
})
