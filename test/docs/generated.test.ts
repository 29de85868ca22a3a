import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { root } from './support.ts'

test.each([
  ['draw.ts', 'npm run draw'],
  ['write.ts', 'npm run docs'],
])(
  'what docs/%s makes is up to date',
  (script, command) => {
    const { status, stderr } = spawnSync(process.execPath, [`docs/${script}`, '--check'], {
      cwd: root,
      encoding: 'utf8',
    })
    expect({ status, stderr }, `run "${command}"`).toEqual({ status: 0, stderr: '' })
    // The page of escalations takes a template and some thousand decisions.
  },
  120_000,
)
