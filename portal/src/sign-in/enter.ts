import type { PortalSignIn } from '../../config.ts'
import { type Asked, answerPath, Issuer } from './code-flow.ts'
import { answers, Session } from './session.ts'

/** How far somebody has come who opens a page. */
export type Entry = Session | 'signed out' | 'signed in elsewhere'

/** What is kept while the browser is at the issuer: no token, and nothing that is good for a second time. */
const key = 'sign-in'

interface Left extends Asked {
  /** The page of the portal that was asked for. */
  readonly page: string
}

/**
 * Signs in whoever opens a page. The browser goes to the issuer and comes back: where the person has a session there, without
 * a question.
 *
 * @throws {Error} when the issuer has refused, or does not answer
 */
export async function enter(signIn: PortalSignIn): Promise<Entry> {
  if (location.pathname === '/signed-out') return 'signed out'
  const { pathname, search, hash } = location
  if (pathname !== answerPath) return leave(signIn, pathname + search + hash)
  // The issuer sends the state back with every answer.
  const answer = new URL(location.href)
  if (!answer.searchParams.has('state')) return leave(signIn, '/')
  const left = takeLeft()
  if (left === undefined) return tellOpener()
  // A page such as //elsewhere.example is one of this origin, too.
  history.replaceState(undefined, '', location.origin + left.page)
  const issuer = await Issuer.discover(signIn)
  return new Session(issuer, await issuer.tokens(answer, left))
}

async function leave(signIn: PortalSignIn, page: string): Promise<never> {
  const issuer = await Issuer.discover(signIn)
  const { url, asked } = await issuer.question()
  const left: Left = { ...asked, page }
  sessionStorage.setItem(key, JSON.stringify(left))
  location.replace(url)
  // The page is about to go.
  return new Promise(() => {})
}

/** This is the window that a page has opened, whose sign-in had ended. */
function tellOpener(): 'signed in elsewhere' {
  new BroadcastChannel(answers).postMessage(location.href)
  // Where the browser does not close the window, the code does not stay in its address.
  history.replaceState(undefined, '', answerPath)
  window.close()
  return 'signed in elsewhere'
}

function takeLeft(): Left | undefined {
  const text = sessionStorage.getItem(key)
  sessionStorage.removeItem(key)
  const left: unknown = JSON.parse(text ?? 'null')
  return isLeft(left) ? left : undefined
}

function isLeft(value: unknown): value is Left {
  const names = ['state', 'nonce', 'verifier', 'page'] as const
  return typeof value === 'object' && value !== null && names.every((name) => name in value)
}
