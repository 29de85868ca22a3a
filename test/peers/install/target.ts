import { createHash } from 'node:crypto'
import { accessSync, constants, existsSync, globSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/** The folder of the repository, and the folder of the installed peers. */
export const root = path.resolve(import.meta.dirname, '../../..')
export const peersFolder = path.join(root, '.peers')

/** Reports the current progress to the user. */
export type Report = (what: string) => void

/** The inputs of a build. */
export interface Recipe {
  /** Files, and folders with all their files. */
  readonly files: readonly string[]
  /** The arguments and variables of the build, which JSON can represent. */
  readonly settings: object
}

/** A program that is built or installed once, and again when its recipe changes. */
export interface Target {
  /** Includes the version: `etcd 3.6.16`. */
  readonly name: string
  readonly folder: string
  readonly recipe: Recipe
  /** Paths relative to the folder. The target counts as built only if they exist. */
  readonly programs: readonly string[]
  readonly needsGo: boolean
  /**
   * Builds the folder. An interrupted build does not count as built.
   *
   * @throws Error that says what failed, and where the complete output is
   */
  build(report: Report): Promise<void>
}

const stamp = '.built-from'

/** Whether the target was built from exactly this recipe, and its programs still exist. */
export function isBuilt({ folder, recipe, programs }: Target): boolean {
  const file = path.join(folder, stamp)
  if (!existsSync(file) || readFileSync(file, 'utf8') !== digestOf(recipe)) return false
  return programs.every((program) => isExecutable(path.join(folder, program)))
}

/** Writes the stamp that shows that the folder was built from the recipe. Call it last. */
export function markBuilt(folder: string, recipe: Recipe): void {
  writeFileSync(path.join(folder, stamp), digestOf(recipe))
}

/** SHA-256 of the settings and of the names and contents of all files, in lowercase hex. */
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

function filesIn(source: string): string[] {
  if (statSync(source).isFile()) return [source]
  const observed = globSync('**/*', { cwd: source }).map((name) => path.join(source, name))
  return observed.filter((file) => statSync(file).isFile()).toSorted()
}
