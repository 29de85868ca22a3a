/** Generates lists of step descriptions, because a function's bundle contains only what the function imports. */
import path from 'node:path'
import { steps } from '../../infra/steps.ts'
import type { StepDescription } from '../../lambdas/steps/description.ts'

export interface ListedStep {
  /** The name of the description in the file. */
  readonly name: string
  /** The module that the file imports it from. */
  readonly from: string
}

/** The steps of these states that `isChosen` selects, with their imports for `file`. */
export function listedSteps(
  file: string,
  states: readonly string[],
  isChosen: (description: StepDescription) => boolean,
): readonly ListedStep[] {
  return states.flatMap((state) => {
    const step = steps.get(state)
    return step && isChosen(step.description) ? [{ name: nameOf(state), from: pathFrom(file, step.entry) }] : []
  })
}

/** The imports of lists, each step once, in Biome's order. */
export function importsOf(listed: readonly ListedStep[], types: ListedStep): string {
  return [
    ...[...new Map(listed.map((step) => [step.name, step])).values()].map(({ name, from }) => ({
      from,
      text: `import { description as ${name} } from '${from}'`,
    })),
    { from: types.from, text: `import type { ${types.name} } from '${types.from}'` },
  ]
    .toSorted((a, b) => a.from.localeCompare(b.from, 'en'))
    .map(({ text }) => text)
    .join('\n')
}

/** The declaration of a list, with Biome's line breaks. */
export function listOf(declaration: string, listed: readonly ListedStep[]): string {
  const names = listed.map(({ name }) => name)
  const line = `${declaration} = [${names.join(', ')}]`
  return line.length <= 120 ? line : [`${declaration} = [`, ...names.map((name) => `  ${name},`), ']'].join('\n')
}

function nameOf(state: string): string {
  return state.charAt(0).toLowerCase() + state.slice(1)
}

/** @param entry the handler's file, relative to the repository root */
function pathFrom(file: string, entry: string): string {
  return path.relative(path.dirname(file), entry).replace(/\.ts$/, '.step.ts')
}
