import type { Mistake } from './mistake.ts'

/** `missed` means that the tests have passed in spite of the mistake. */
export type Outcome = 'caught' | 'missed'

export interface Tried {
  readonly mistake: Mistake
  readonly outcome: Outcome
}
