/** The local users of a sandbox, which signs requests for the selected user. A deployment on AWS has no local users. */

import { queryOptions } from '@tanstack/react-query'
import { isRecord, jsonIn } from '../../../client/json.ts'
import { localUsersPath } from '../../../client/local-user.ts'

/** Key in the browser's local storage. */
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

/** Outside a sandbox, the response contains no users, so the list is empty. */
function usersIn(text: string): string[] {
  const answer = jsonIn(text)
  const users = isRecord(answer) ? answer.users : undefined
  return Array.isArray(users) ? users.filter((name) => typeof name === 'string') : []
}
