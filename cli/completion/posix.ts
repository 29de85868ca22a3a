/** What the scripts for bash and zsh share. Both look at "PLACE WORD": the words of the command so far, and one more. */
import type { Place, PlaceOption } from './places.ts'

/** In single quotes, within which nothing is expanded. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

/** A pattern of `case` that matches each of these texts. */
function anyOf(texts: readonly string[]): string {
  return texts.map(quoted).join(' | ')
}

/** A pattern for a word that leads to another place. */
export function commandPattern(places: readonly Place[]): string {
  return anyOf(places.filter(({ path }) => path !== '').map(({ path }) => (path.includes(' ') ? path : ` ${path}`)))
}

/** A pattern for an option that a value of this kind follows. */
export function optionPattern(places: readonly Place[], value: PlaceOption['value']): string {
  const patterns = places.flatMap(({ path, options }) =>
    options.filter((option) => option.value === value).flatMap(({ names }) => names.map((name) => `${path} ${name}`)),
  )
  return anyOf(patterns)
}

/** A branch of `case` for each option whose value is one of some choices. */
export function choiceBranches(places: readonly Place[], act: (choices: readonly string[]) => string): string[] {
  return places.flatMap(({ path, options }) =>
    options.flatMap(({ names, value }) =>
      typeof value === 'string' ? [] : [`${anyOf(names.map((name) => `${path} ${name}`))}) ${act(value)} ;;`],
    ),
  )
}
