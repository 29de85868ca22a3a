import createClient from 'openapi-fetch'
import type { paths } from '../../../client/api.ts'
import { localUserHeader } from '../../../client/local-user.ts'
import { chosenLocalUser } from './local-users.ts'

export type Send = (request: Request) => Promise<Response>

/** The location of the API, and how to send a request. */
export interface Connection {
  /** The value of `api` in the portal's configuration. */
  readonly base: string
  readonly send: Send
}

/** By default, requests go to the origin of the page. */
let connection: Connection = { base: '', send: (request) => fetch(request) }

export const api = createClient<paths, 'application/json'>({
  baseUrl: '/',
  fetch: async (request) => connection.send(await addressed(request, connection.base)),
})

/** Sets the connection. Must run before the first request. */
export function connect(to: Connection): void {
  connection = to
}

/** The API's URL for callers outside the page, without a trailing slash. @param origin of the portal */
export function urlOfApi(origin: string): string {
  return new URL(connection.base, origin).href.replace(/\/$/, '')
}

async function addressed(request: Request, base: string): Promise<Request> {
  if (base === '') return request
  const { method, headers, signal, url } = request
  const { pathname, search } = new URL(url)
  // Not every browser can copy a request with a body.
  const body = method === 'GET' ? null : await request.text()
  return new Request(base + pathname + search, { method, headers, signal, body })
}

api.use({
  onRequest({ request }) {
    const user = chosenLocalUser()
    if (user !== null) request.headers.set(localUserHeader, user)
  },
})
