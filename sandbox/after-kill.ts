import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { cp, glob, lstat, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { untilGone } from './aws/python-server.ts'

/** The emulators that store each change at once. The emulated AWS stores its state only when it ends. */
const otherClouds = ['google', 'kubernetes']

/**
 * If the emulated AWS was killed, resets Google and Kubernetes to their state when AWS last stored its own state.
 * Without the reset, they would have buckets and clusters that are not recorded in AWS. A setup would refuse these as
 * objects of another owner. Call before any emulator starts.
 */
export async function undoAfterKill(directory: string): Promise<void> {
  const folder = (name: string) => path.join(directory, name)
  const lastEnd = folder('last-end')
  const started = folder('started-from')
  const state = path.join(directory, 'aws', 'state')
  for await (const file of glob('{aws,google}/*.process.json', { cwd: directory })) await untilGone(folder(file))
  const digest = await digestOf(state)
  const wasKilled = existsSync(started) && (await readFile(started, 'utf8')) === digest
  if (wasKilled && !existsSync(path.join(state, 's3.json'))) await rm(folder('aws'), { recursive: true, force: true })
  const [from, to] = wasKilled ? [lastEnd, directory] : [directory, lastEnd]
  for (const cloud of otherClouds) {
    await rm(path.join(to, cloud), { recursive: true, force: true })
    if (existsSync(path.join(from, cloud))) await copyFolder(path.join(from, cloud), path.join(to, cloud))
  }
  await writeFile(started, digest)
}

/** Records that AWS was not killed. Call when all emulators have ended. */
export function noteEnd(directory: string): Promise<void> {
  return rm(path.join(directory, 'started-from'), { force: true })
}

/** Skips sockets, because they cannot be copied. A real etcd does not remove its sockets. */
function copyFolder(from: string, to: string): Promise<void> {
  return cp(from, to, { recursive: true, filter: async (file) => !(await lstat(file)).isSocket() })
}

/** The digest of the files that AWS writes when it ends. */
async function digestOf(state: string): Promise<string> {
  const hash = createHash('sha256')
  const files = (await Array.fromAsync(glob('*.json', { cwd: state }))).sort()
  for (const file of files) hash.update(`${file}\n`).update(await readFile(path.join(state, file)))
  return hash.digest('hex')
}
