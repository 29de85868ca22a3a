import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, it } from 'vitest'
import { startSandbox } from '../../sandbox/sandbox.ts'
import { python } from '../support/python.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { processesOn } from './support/processes.ts'

it('a failed start leaves no part running, not even one that was still starting', async () => {
  const directory = await temporaryDirectory()
  // A file instead of the bucket's folder: Google fails at once, while AWS is still starting.
  await writeFile(path.join(directory.path, 'google'), '')
  const options = { directory: directory.path, python, port: 0, waitScale: 1, report: () => {} }

  await expect(startSandbox(options)).rejects.toThrow(/google/)
  // The log shows that AWS was started, before or after the failure.
  await expect
    .poll(() => readFile(path.join(directory.path, 'aws', 'ministack.log'), 'utf8').catch(() => ''), {
      timeout: 20_000,
    })
    .not.toBe('')
  expect(await processesOn(directory.path)).toEqual([])
  await directory.remove()
})
