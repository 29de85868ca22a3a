/** Shared code of the bash and zsh scripts. Both use `case` on the command so far and one more word. */
import type { CompletionOption, CompletionPoint } from './points.ts'

/** Single-quoted, without expansions. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

/** A `case` pattern that matches each of these texts. */
function anyOf(texts: readonly string[]): string {
  return texts.map(quoted).join(' | ')
}

/** A pattern of the command so far and a word that is a command or a subcommand. */
export function commandPattern(points: readonly CompletionPoint[]): string {
  return anyOf(points.filter(({ path }) => path !== '').map(({ path }) => (path.includes(' ') ? path : ` ${path}`)))
}

/** A pattern for an option with a value of this kind. */
export function optionPattern(points: readonly CompletionPoint[], value: CompletionOption['value']): string {
  const patterns = points.flatMap(({ path, options }) =>
    options.filter((option) => option.value === value).flatMap(({ names }) => names.map((name) => `${path} ${name}`)),
  )
  return anyOf(patterns)
}

/** A `case` branch for each option with choices. */
export function choiceBranches(
  points: readonly CompletionPoint[],
  act: (choices: readonly string[]) => string,
): string[] {
  return points.flatMap(({ path, options }) =>
    options.flatMap(({ names, value }) =>
      typeof value === 'string' ? [] : [`${anyOf(names.map((name) => `${path} ${name}`))}) ${act(value)} ;;`],
    ),
  )
}
