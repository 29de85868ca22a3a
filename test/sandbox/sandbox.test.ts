import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, it } from 'vitest'
import { startSandbox } from '../../sandbox/sandbox.ts'
import { python } from '../support/python.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { processesOn } from './support/processes.ts'

it('a start that fails leaves no part running, not even one that was still starting beside the one that failed', async () => {
  const directory = await temporaryDirectory()
  // A file in the place of the bucket's folder: Google fails at once, while AWS takes its time.
  await writeFile(path.join(directory.path, 'google'), '')
  const options = { directory: directory.path, python, port: 0, waitScale: 1, report: () => {} }

  await expect(startSandbox(options)).rejects.toThrow(/google/)
  // AWS has said something: it was started, before the failure or after it.
  await expect
    .poll(() => readFile(path.join(directory.path, 'aws', 'ministack.log'), 'utf8').catch(() => ''), {
      timeout: 20_000,
    })
    .not.toBe('')
  expect(await processesOn(directory.path)).toEqual([])
  await directory.remove()
})
