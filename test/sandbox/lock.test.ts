import { spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { lockState } from '../../sandbox/lock.ts'
import { processOf } from '../../sandbox/processes.ts'
import { temporaryDirectory } from '../support/temporary.ts'

let state: Awaited<ReturnType<typeof temporaryDirectory>>

beforeEach(async () => {
  state = await temporaryDirectory()
})
afterEach(() => state.remove())

/** Lets another process hold the lock for a time. */
async function lockForSeconds(seconds: number) {
  const holder = spawn('sleep', [String(seconds)])
  await writeFile(path.join(state.path, 'lock.json'), JSON.stringify(processOf(holder.pid ?? 0)))
  return holder
}

it('a start waits for a sandbox that is ending', async () => {
  await lockForSeconds(1)
  const lock = await lockState(state.path)
  await lock.close()
})

it('a start is refused while a sandbox runs, and the error names its process', async () => {
  const holder = await lockForSeconds(30)
  await expect(lockState(state.path)).rejects.toThrow(`already (process ${holder.pid})`)
  holder.kill()
})
