import { CommandError } from '../errors.ts'
import type { Finding } from './finding-lines.ts'

/** The findings, or a problem with the error's message, which says what to do. */
export async function unlessFailing(
  check: string,
  find: () => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  try {
    return await find()
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    return [{ check, state: 'problem', found: error.message }]
  }
}
