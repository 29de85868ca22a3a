/** The local users of a sandbox, whose port signs for the one that the reader has chosen. A deployment on AWS has none. */
import { queryOptions } from '@tanstack/react-query'
import { localUsersPath } from '../../../cli/api/local-user.ts'

/** Of what the browser keeps. */
export const localUserKey = 'local-user'

export function chosenLocalUser(): string | null {
  return localStorage.getItem(localUserKey)
}

export function chooseLocalUser(name: string): void {
  localStorage.setItem(localUserKey, name)
}

export const localUsersQuery = queryOptions({
  queryKey: ['local users'],
  queryFn: async () => usersIn(await (await fetch(localUsersPath)).text()),
  staleTime: Number.POSITIVE_INFINITY,
})

/** Where there is no sandbox, the answer is a page or nothing. */
function usersIn(text: string): string[] {
  try {
    const answer: unknown = JSON.parse(text)
    return hasUsers(answer) ? answer.users.filter((name) => typeof name === 'string') : []
  } catch {
    return []
  }
}

function hasUsers(answer: unknown): answer is { readonly users: readonly unknown[] } {
  return typeof answer === 'object' && answer !== null && 'users' in answer && Array.isArray(answer.users)
}
