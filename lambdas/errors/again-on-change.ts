import { ConcurrentChange } from './step-errors.ts'

/**
 * Does it, and again from the start when somebody else wrote between its reading and its writing: `mostTimes` in all. The last
 * ConcurrentChange goes to the caller; the state machine then comes back a little later.
 */
export async function againOnChange<Result>(mostTimes: number, readAndWrite: () => Promise<Result>): Promise<Result> {
  for (let time = 1; ; time += 1) {
    try {
      return await readAndWrite()
    } catch (error) {
      if (!(error instanceof ConcurrentChange) || time === mostTimes) throw error
    }
  }
}
