/** A mistake that somebody could make, and the tests that have to notice it. */
export interface Mistake {
  /** What goes wrong, as a sentence without its subject: `takes only the first page`. */
  readonly name: string
  /** From the root on. */
  readonly file: string
  /** A piece of the file that occurs once. */
  readonly find: string
  readonly put: string
  /** Paths of test files, from `test/` on. They belong to `npm test` or `npm run check`. */
  readonly tests: readonly string[]
  /** Why nothing needs to notice it. A mistake with this is not counted. */
  readonly harmless?: string
}

/**
 * The text of the file with the mistake in it.
 *
 * @throws {Error} when the piece does not occur exactly once; the list then has to follow the code
 */
export function withMistake(text: string, { name, file, find, put }: Mistake): string {
  const [before, after, ...more] = text.split(find)
  if (before === undefined || after === undefined) throw new Error(`"${name}": ${file} has no ${find}`)
  if (more.length > 0) throw new Error(`"${name}": ${file} has ${find} more than once`)
  return before + put + after
}
