import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { TriedMutant } from './mutants.ts'

type Compile = () => Promise<string>

/**
 * Finds the mutants that do not compile, which `npm run check` notices. Stryker's own type checker needs an API that TypeScript
 * 7 does not have. Each run of the compiler has one mutant of each file, and an error belongs to the mutant of its file.
 *
 * @param compile returns the output of the compiler
 */
export async function refusedByCompiler(
  root: string,
  mutants: readonly TriedMutant[],
  compile: Compile,
): Promise<Set<TriedMutant>> {
  const refused = new Set<TriedMutant>()
  const byFile = Object.values(Object.groupBy(mutants, ({ mistake }) => mistake.file)).map((group = []) => group)
  for (let round = 0; byFile.some((group) => round < group.length); round += 1) {
    const tried = byFile.flatMap((group) => group.slice(round, round + 1))
    const printed = await withMutants(root, tried, compile)
    for (const mutant of tried) if (printed.includes(`${mutant.mistake.file}(`)) refused.add(mutant)
  }
  return refused
}

async function withMutants(root: string, mutants: readonly TriedMutant[], compile: Compile): Promise<string> {
  const changes = mutants.map(({ mistake, from, to, replacement }) => {
    const file = path.join(root, mistake.file)
    const text = readFileSync(file, 'utf8')
    return { file, text, mutated: text.slice(0, from) + replacement + text.slice(to) }
  })
  for (const { file, mutated } of changes) writeFileSync(file, mutated)
  try {
    return await compile()
  } finally {
    for (const { file, text } of changes) writeFileSync(file, text)
  }
}
