import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { root } from './support.ts'

test('what is generated in the documentation is up to date', () => {
  const { status, stderr } = spawnSync(process.execPath, ['docs/write.ts', '--check'], { cwd: root, encoding: 'utf8' })
  expect({ status, stderr }, 'run "npm run docs"').toEqual({ status: 0, stderr: '' })
  // The page of escalations takes a template and some thousand decisions.
}, 120_000)
