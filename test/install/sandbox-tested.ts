/** Records whether the tests of the sandbox have passed since its last change. */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/** The sandbox, its tests, and the files that these need. */
const sources = [
  'sandbox',
  'test/sandbox',
  'test/support',
  'portal/headers.ts',
  'package-lock.json',
  'vitest.config.ts',
]

export interface SandboxTested {
  /** Whether the tests have passed with exactly these sources. */
  readonly hasPassed: boolean
  /** Records that the tests have passed. */
  note(): void
}

/** @param root the folder of the repository. The record is in `.sandbox`, which a fresh clone does not have */
export function sandboxTested(root: string): SandboxTested {
  const file = path.join(root, '.sandbox/tested')
  const digest = digestOf(root)
  return {
    hasPassed: existsSync(file) && readFileSync(file, 'utf8') === digest,
    note() {
      mkdirSync(path.dirname(file), { recursive: true })
      writeFileSync(file, digest)
    },
  }
}

/** SHA-256 of the names and contents of all sources, in lowercase hex. */
function digestOf(root: string): string {
  const hash = createHash('sha256')
  for (const file of sources.flatMap((source) => filesIn(root, source))) {
    hash
      .update(`${file}\0`)
      .update(readFileSync(path.join(root, file)))
      .update('\0')
  }
  return hash.digest('hex')
}

function filesIn(root: string, source: string): readonly string[] {
  if (path.extname(source) !== '') return [source]
  const entries = readdirSync(path.join(root, source), { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile() && !entry.parentPath.includes('__pycache__'))
  return files.map(({ parentPath, name }) => path.relative(root, path.join(parentPath, name))).toSorted()
}
