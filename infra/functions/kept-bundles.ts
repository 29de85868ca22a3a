import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundle, bundleInputs } from './bundle.ts'
import { entries } from './functions.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** How long an old folder remains: longer than a deployment that copies its bundles takes. */
const keptMs = 60 * 60 * 1000

/**
 * The absolute path of the folder with all bundles. They are rebuilt only when an input changes, because bundling
 * occupies two cores for seconds.
 */
export function productBundles(): string {
  return keptIn(
    path.join(root, 'dist', 'functions'),
    digestOf(root, [...bundleInputs, 'infra/functions/function-groups.ts', 'infra/functions/functions.ts']),
    (directory) => bundle(entries, directory),
  )
}

/**
 * The path of the folder `name` in `folder`. When it does not exist, `make` fills it, and other folders older than an
 * hour are deleted. Several processes may call this at the same time: each sees the complete folder or none.
 */
export function keptIn(folder: string, name: string, make: (directory: string) => void): string {
  const kept = path.join(folder, name)
  if (existsSync(kept)) return kept
  mkdirSync(folder, { recursive: true })
  removeOld(folder)
  const own = path.join(folder, `${name}.${process.pid}`)
  make(own)
  try {
    renameSync(own, kept)
  } catch (error) {
    // Another process was faster.
    if (!existsSync(kept)) throw error
    rmSync(own, { recursive: true })
  }
  return kept
}

/** A hex digest of 16 digits, of the names and contents of these files and of all files in these folders. */
export function digestOf(directory: string, inputs: readonly string[]): string {
  const hash = createHash('sha256')
  for (const file of inputs.flatMap((one) => filesOf(path.join(directory, one)))) {
    hash.update(path.relative(directory, file)).update('\0').update(readFileSync(file)).update('\0')
  }
  return hash.digest('hex').slice(0, 16)
}

function removeOld(folder: string): void {
  for (const name of readdirSync(folder)) {
    const one = path.join(folder, name)
    const madeAt = statSync(one, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()
    if (Date.now() - madeAt > keptMs) rmSync(one, { recursive: true, force: true })
  }
}

function filesOf(one: string): string[] {
  if (statSync(one).isFile()) return [one]
  const observed = readdirSync(one, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return observed.map((entry) => path.join(entry.parentPath, entry.name)).sort()
}
