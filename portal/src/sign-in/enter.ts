import type { PortalSignIn } from '../../config.ts'
import { answerPath, type Expected, Issuer } from './code-flow.ts'
import { answersChannel, Session } from './session.ts'

/** The sign-in state of a user who opens a page. */
export type Entry = Session | 'signed out' | 'response passed on'

/** The session storage key of a sign-in in progress. Its value contains no token, and can be used only once. */
const key = 'sign-in'

interface Departure extends Expected {
  /** The requested page of the portal. */
  readonly page: string
}

/**
 * Signs in the user who opens a page. The browser visits the issuer and returns, without a prompt if the user has a
 * session there.
 *
 * @throws {Error} when the issuer rejects the sign-in, or does not respond
 */
export async function enter(signIn: PortalSignIn): Promise<Entry> {
  if (location.pathname === '/signed-out') return 'signed out'
  const { pathname, search, hash } = location
  if (pathname !== answerPath) return leave(signIn, pathname + search + hash)
  // A URL without `state` is not a response of the issuer, because the issuer returns `state` with every response.
  const answer = new URL(location.href)
  if (!answer.searchParams.has('state')) return leave(signIn, '/')
  const departure = takeDeparture()
  if (departure === undefined) return tellOpener()
  // The origin ensures that a page such as //elsewhere.example stays within the portal.
  history.replaceState(undefined, '', location.origin + departure.page)
  const issuer = await Issuer.discover(signIn)
  return new Session(issuer, await issuer.tokens(answer, departure))
}

async function leave(signIn: PortalSignIn, page: string): Promise<never> {
  const issuer = await Issuer.discover(signIn)
  const { url, expected } = await issuer.authorizationRequest()
  const departure: Departure = { ...expected, page }
  sessionStorage.setItem(key, JSON.stringify(departure))
  location.replace(url)
  // Never resolves, because the browser leaves the page.
  return new Promise(() => {})
}

/** Runs in the window that a page opens to sign in again when its session has ended. */
function tellOpener(): 'response passed on' {
  new BroadcastChannel(answersChannel).postMessage(location.href)
  // If the browser does not close the window, the URL must not retain the code.
  history.replaceState(undefined, '', answerPath)
  window.close()
  return 'response passed on'
}

function takeDeparture(): Departure | undefined {
  const text = sessionStorage.getItem(key)
  sessionStorage.removeItem(key)
  const departure: unknown = JSON.parse(text ?? 'null')
  return isDeparture(departure) ? departure : undefined
}

function isDeparture(value: unknown): value is Departure {
  const names = ['state', 'nonce', 'verifier', 'page'] as const
  return typeof value === 'object' && value !== null && names.every((name) => name in value)
}
