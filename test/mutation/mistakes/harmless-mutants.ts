/** A mutant of a rule that no test needs to notice. */
export interface HarmlessMutant {
  readonly file: string
  /** The lines that the mutant touches, on one line, as bench/MUTATION.md has them; `put` is what it makes of them. */
  readonly find: string
  readonly put: string
  readonly harmless: string
}

export const harmlessMutants: readonly HarmlessMutant[] = []
