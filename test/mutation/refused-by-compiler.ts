import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { TriedMutant } from './mutants.ts'

/**
 * Finds the mutants that do not compile, which `npm run check` notices. Stryker's own type checker needs an API that TypeScript
 * 7 does not have. Each mutant gets a file of its own beside the original, because a run of the compiler takes long: one run
 * then decides about all of them.
 *
 * @param compile returns the output of the compiler
 */
export async function refusedByCompiler(
  root: string,
  mutants: readonly TriedMutant[],
  compile: () => Promise<string>,
): Promise<Set<TriedMutant>> {
  if (mutants.length === 0) return new Set()
  const originals = [...new Set(mutants.map(({ mistake }) => mistake.file))]
  const copies = originals.map((file) => ({ file: beside(file, 'original'), text: textOf(root, file) }))
  const mutated = mutants.map((mutant, index) => ({
    file: beside(mutant.mistake.file, String(index)),
    text: withReplacement(textOf(root, mutant.mistake.file), mutant),
  }))
  const all = [...copies, ...mutated]
  for (const { file, text } of all) writeFileSync(path.join(root, file), text)
  try {
    const printed = await compile()
    const hasError = (file: string) => printed.includes(`${file}(`)
    // A second copy of a class with private members is another type, and may have errors without any mutant.
    const decides = ({ mistake }: TriedMutant) => !hasError(beside(mistake.file, 'original'))
    return new Set(
      mutants.filter((mutant, index) => decides(mutant) && hasError(beside(mutant.mistake.file, String(index)))),
    )
  } finally {
    for (const { file } of all) rmSync(path.join(root, file))
  }
}

function textOf(root: string, file: string): string {
  return readFileSync(path.join(root, file), 'utf8')
}

function withReplacement(text: string, { from, to, replacement }: TriedMutant): string {
  return text.slice(0, from) + replacement + text.slice(to)
}

function beside(file: string, name: string): string {
  return file.replace(/\.ts$/, `.mutant-${name}.ts`)
}
