import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { root } from './support.ts'

test('the generated parts of the documentation are up to date', () => {
  const { status, stderr } = spawnSync(process.execPath, ['docs/generate/write.ts', '--check'], {
    cwd: root,
    encoding: 'utf8',
  })
  expect({ status, stderr }, 'run "npm run docs"').toEqual({ status: 0, stderr: '' })
  // The page of escalations needs a template and some thousand decisions.
}, 120_000)
