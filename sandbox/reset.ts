/**
 * `npm run sandbox -- reset`: removes the state of the sandbox for every kind of Kubernetes, so that the next start
 * begins from nothing. `--state FOLDER` removes the state of a start with this option instead. Fails while a sandbox
 * uses the state.
 */
import { readdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { requireUnlocked } from './lock.ts'

const root = path.dirname(import.meta.dirname)
const { values: options } = parseArgs({ options: { state: { type: 'string' } } })

/** The state folders of starts without --state, such as .sandbox/state and .sandbox/state-v1.37. */
async function usualFolders(): Promise<string[]> {
  const parent = path.join(root, '.sandbox')
  const names = await readdir(parent).catch(() => [])
  return names.filter((name) => /^state(-v[\d.]+)?$/.test(name)).map((name) => path.join(parent, name))
}

async function reset(): Promise<void> {
  const folders = options.state === undefined ? await usualFolders() : [path.resolve(root, options.state)]
  for (const folder of folders) await requireUnlocked(folder)
  for (const folder of folders) {
    const names = ['sandbox.json', 'aws.env', 'kubeconfigs', 'requests']
    const description = names.map((name) => path.join(path.dirname(folder), name))
    for (const kept of [folder, ...description]) await rm(kept, { recursive: true, force: true })
  }
}

try {
  await reset()
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
