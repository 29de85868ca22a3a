import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { root } from './support.ts'

const run = promisify(execFile)

test.each(['draw.ts', 'write.ts'])(
  'what docs/%s makes is up to date',
  async (script) => {
    await expect(run(process.execPath, [`docs/${script}`, '--check'], { cwd: root })).resolves.toMatchObject({
      stderr: '',
    })
    // The page of escalations takes a template and some thousand decisions.
  },
  120_000,
)
