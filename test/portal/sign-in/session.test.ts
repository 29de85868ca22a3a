import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Tokens } from '../../../portal/src/sign-in/code-flow.ts'
import { answersChannel, Session } from '../../../portal/src/sign-in/session.ts'

const sentWith: (string | null)[] = []
const reload = vi.fn()
/** The people who can sign in at the issuer, by the code that it returns. */
const people: Record<string, string> = { ada: 'ada', grace: 'grace' }
const held: Tokens = { accessToken: 'old', endsAt: 0, subject: 'ada', refreshToken: 'r' }
let state = 0
let windows: BroadcastChannel

const issuer = {
  authorizationRequest: async () => {
    state += 1
    return { url: new URL('https://login.example'), expected: { state: `state-${state}`, nonce: 'n', verifier: 'v' } }
  },
  tokens: async (answer: URL): Promise<Tokens> => {
    const subject = people[answer.searchParams.get('code') ?? '']
    if (subject === undefined) throw new Error('access_denied')
    return { accessToken: `token of ${subject}`, endsAt: undefined, subject }
  },
  renewed: async () => 'refused' as const,
  endOfSession: (_: unknown, next: URL) => next,
}

beforeEach(() => {
  sentWith.length = 0
  reload.mockClear()
  windows = new BroadcastChannel(answersChannel)
  vi.stubGlobal('location', { reload, origin: 'https://portal.example' })
  vi.stubGlobal('fetch', async (request: Request) => {
    sentWith.push(request.headers.get('authorization'))
    return new Response('{}')
  })
})
afterEach(() => {
  windows.close()
  vi.unstubAllGlobals()
})

test('a request after the end of the sign-in waits until the same person has signed in again', async () => {
  const { session, sent } = await ended()
  signIn('ada', `state-${state}`)
  await sent
  expect(sentWith).toEqual(['Bearer token of ada'])
  expect(session.isEnded()).toBe(false)
})

test('ignores the answer to a sign-in of another page', async () => {
  const { session, sent } = await ended()
  signIn('grace', 'state-of-another-page')
  signIn('ada', `state-${state}`)
  await sent
  expect(sentWith).toEqual(['Bearer token of ada'])
  expect(session.isEnded()).toBe(false)
  expect(reload).not.toHaveBeenCalled()
})

test("reloads the page when another person signs in, and sends no waiting request with that person's token", async () => {
  const { session } = await ended()
  signIn('grace', `state-${state}`)
  await vi.waitFor(() => expect(reload).toHaveBeenCalledOnce())
  expect(sentWith).toEqual([])
  expect(session.isEnded()).toBe(true)
})

test('starts a new sign-in with another state after the issuer refuses one', async () => {
  const { sent } = await ended()
  const refused = state
  signIn('nobody', `state-${refused}`)
  await vi.waitFor(() => expect(state).toBe(refused + 1))
  signIn('ada', `state-${refused}`)
  signIn('ada', `state-${state}`)
  await sent
  expect(sentWith).toEqual(['Bearer token of ada'])
})

test('renews the token with each refresh token, and asks for a sign-in when the issuer refuses one', async () => {
  const left = ['second', 'third']
  const renewing = {
    ...issuer,
    renewed: async (): Promise<Tokens | 'refused'> => {
      const accessToken = left.shift()
      if (accessToken === undefined) return 'refused'
      return { accessToken, endsAt: 0, subject: 'ada', refreshToken: 'r' }
    },
  }
  const session = new Session(renewing, { accessToken: 'first', endsAt: 0, subject: 'ada', refreshToken: 'r' })
  const send = () => session.send(new Request('https://api.example/v1/clusters'))
  await send()
  await send()
  expect(sentWith).toEqual(['Bearer second', 'Bearer third'])
  void send()
  await vi.waitFor(() => expect(session.isEnded()).toBe(true))
})

test('a request fails without the end of the sign-in while the issuer does not respond, and a later one is sent', async () => {
  const renewals = [Promise.reject(new TypeError('Failed to fetch')), Promise.resolve({ ...held, accessToken: 'new' })]
  const session = new Session({ ...issuer, renewed: () => renewals.shift() ?? Promise.resolve('refused') }, held)
  const send = () => session.send(new Request('https://api.example/v1/clusters'))
  await expect(send()).rejects.toThrow('Failed to fetch')
  expect(session.isEnded()).toBe(false)
  await send()
  expect(sentWith).toEqual(['Bearer new'])
})

/** A session of ada, whose token has ended, with a waiting request. */
async function ended() {
  const session = new Session(issuer, { accessToken: 'old', endsAt: 0, subject: 'ada' })
  const sent = session.send(new Request('https://api.example/v1/clusters'))
  await vi.waitFor(() => expect(session.isEnded()).toBe(true))
  return { session, sent }
}

/** Sends the message of the sign-in window to all pages of the portal. */
function signIn(code: string, ofState: string): void {
  windows.postMessage(`https://portal.example/signed-in?code=${code}&state=${ofState}`)
}
