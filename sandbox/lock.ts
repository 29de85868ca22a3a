import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isRunning, readProcess, thisProcess } from './processes.ts'

/** Milliseconds in which two processes that take the same stale lock detect each other. */
const contest = 100

/** Milliseconds for which a start waits for another sandbox to end. A script may have stopped it just before. */
const patience = 5_000

/**
 * Locks a state folder for this process, because two sandboxes would destroy each other's state in the folder. Ignores
 * the lock of a process that has ended.
 *
 * @throws Error that names the process that holds the lock
 */
export async function lockState(directory: string): Promise<{ close(): Promise<void> }> {
  await waitUntilUnlocked(directory)
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const own = `${fileOf(directory)}.${process.pid}`
  await writeFile(own, JSON.stringify(thisProcess()))
  await rename(own, fileOf(directory))
  await sleep(contest)
  await requireUnlocked(directory)
  return { close: () => rm(fileOf(directory), { force: true }) }
}

/** @throws Error when another process holds the lock and does not end */
async function waitUntilUnlocked(directory: string): Promise<void> {
  const end = Date.now() + patience
  for (;;) {
    try {
      return await requireUnlocked(directory)
    } catch (error) {
      if (Date.now() > end) throw error
      await sleep(contest)
    }
  }
}

export async function requireUnlocked(directory: string): Promise<void> {
  const held = await readProcess(fileOf(directory))
  if (held === undefined || held.pid === process.pid || !isRunning(held)) return
  const where = path.relative(process.cwd(), directory) || directory
  throw new Error(
    `A sandbox is running on ${where} already (process ${held.pid}). End it first: Ctrl-C where it was started, or "kill ${held.pid}".`,
  )
}

function fileOf(directory: string): string {
  return path.join(directory, 'lock.json')
}
