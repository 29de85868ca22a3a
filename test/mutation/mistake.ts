/** A likely mistake, and the tests that must notice it. */
export interface Mistake {
  /** The wrong behaviour, as a sentence without its subject: `takes only the first page`. */
  readonly name: string
  /** Relative to the repository. */
  readonly file: string
  /** A piece of the file that occurs once. */
  readonly find: string
  readonly put: string
  /** Paths of test files, relative to `test/`. They belong to `npm test` or `npm run check`. */
  readonly tests: readonly string[]
  /** The reason that no test has to notice it. Such a mistake does not count. */
  readonly harmless?: string
}

/**
 * The text of the file with the mistake in it.
 *
 * @throws {Error} when the piece does not occur exactly once. Then adapt the list to the code
 */
export function withMistake(text: string, { name, file, find, put }: Mistake): string {
  const [before, after, ...more] = text.split(find)
  if (before === undefined || after === undefined) throw new Error(`"${name}": ${file} has no ${find}`)
  if (more.length > 0) throw new Error(`"${name}": ${file} has ${find} more than once`)
  return before + put + after
}
