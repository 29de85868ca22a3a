import { createHash } from 'node:crypto'
import { accessSync, constants, existsSync, globSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/** The project's folder, and that of all that is installed for the peers. */
export const root = path.resolve(import.meta.dirname, '../../..')
export const peersFolder = path.join(root, '.peers')

/** Tells what is being done, for a person who waits. */
export type Report = (what: string) => void

/** What decides what comes out. */
export interface Recipe {
  /** Files, and folders with all that is in them. */
  readonly files: readonly string[]
  /** What the programs that build are told, as JSON can say it. */
  readonly settings: object
}

/** Something that is built or installed once, and again when its recipe changes. */
export interface Target {
  /** With its version: `etcd 3.6.16`. */
  readonly name: string
  readonly folder: string
  readonly recipe: Recipe
  /** What has to be there, relative to the folder, for the target to count as built. */
  readonly programs: readonly string[]
  readonly needsGo: boolean
  /**
   * Makes the folder, which is not there. Whatever it leaves when it is interrupted does not count as built.
   *
   * @throws Error that says what failed, and where the whole output is
   */
  build(report: Report): Promise<void>
}

const stamp = '.built-from'

/** Whether the target was built from this very recipe, and its programs are still there. */
export function isBuilt({ folder, recipe, programs }: Target): boolean {
  const file = path.join(folder, stamp)
  if (!existsSync(file) || readFileSync(file, 'utf8') !== digestOf(recipe)) return false
  return programs.every((program) => isExecutable(path.join(folder, program)))
}

/** Marks a folder as built from the recipe: the last thing that is done to it. */
export function markBuilt(folder: string, recipe: Recipe): void {
  writeFileSync(path.join(folder, stamp), digestOf(recipe))
}

/** SHA-256 over the settings, and the names and contents of all files; lowercase hex. */
export function digestOf({ files, settings }: Recipe): string {
  const hash = createHash('sha256').update(JSON.stringify(settings))
  for (const file of files.flatMap(filesIn)) {
    const content = readFileSync(file)
    hash.update(`\n${path.basename(file)} ${content.length}\n`).update(content)
  }
  return hash.digest('hex')
}

export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function filesIn(place: string): string[] {
  if (statSync(place).isFile()) return [place]
  const observed = globSync('**/*', { cwd: place }).map((name) => path.join(place, name))
  return observed.filter((file) => statSync(file).isFile()).toSorted()
}
