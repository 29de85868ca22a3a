import type { Send } from '../api/client.ts'
import type { Expected, Issuer, Tokens } from './code-flow.ts'

/** The channel on which a sign-in window sends its redirect URL to the page that opened it. */
export const answersChannel = 'sign-in'

/** A token is renewed this many milliseconds before its end, because a request may take that long. */
const marginMs = 5_000

type IssuerCalls = Pick<Issuer, 'authorizationRequest' | 'tokens' | 'renewed' | 'endOfSession'>

/**
 * The session of a signed-in user. After the end of the sign-in, a request waits until the user has signed in again in
 * a separate window. The page stays open during this time, and retains its input.
 */
export class Session {
  readonly #issuer: IssuerCalls
  readonly #listeners = new Set<() => void>()
  #tokens: Tokens
  #authorizationRequest: { readonly url: URL; readonly expected: Expected } | undefined
  #renewing: Promise<void> | undefined
  #signedInAgain: (() => void) | undefined

  constructor(issuer: IssuerCalls, tokens: Tokens) {
    this.#issuer = issuer
    this.#tokens = tokens
    new BroadcastChannel(answersChannel).addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      if (typeof data === 'string') void this.#completeSignIn(new URL(data))
    })
  }

  /** Whether the user has to sign in again. */
  readonly isEnded = (): boolean => this.#authorizationRequest !== undefined

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /**
   * Sends a request to the API with the user's token.
   *
   * @throws {Error} when the API or the issuer does not respond. Only a refusal by the issuer ends the sign-in
   */
  readonly send: Send = async (request) => {
    const first = await this.#sendWith(request.clone())
    if (first.status !== 401) return first
    this.#tokens = { ...this.#tokens, endsAt: 0 }
    return this.#sendWith(request)
  }

  /** Opens the sign-in window. Call it on a click, because browsers block other popups. */
  signInAgain(): void {
    if (this.#authorizationRequest)
      window.open(this.#authorizationRequest.url, answersChannel, 'popup,width=520,height=720')
  }

  signOut(): void {
    location.assign(this.#issuer.endOfSession(this.#tokens, new URL('/signed-out', location.origin)))
  }

  async #sendWith(request: Request): Promise<Response> {
    if (this.#hasEnded) {
      this.#renewing ??= this.#renew().finally(() => {
        this.#renewing = undefined
      })
      await this.#renewing
    }
    request.headers.set('authorization', `Bearer ${this.#tokens.accessToken}`)
    return fetch(request)
  }

  get #hasEnded(): boolean {
    const { endsAt } = this.#tokens
    return endsAt !== undefined && endsAt - marginMs < Date.now()
  }

  async #renew(): Promise<void> {
    const { refreshToken } = this.#tokens
    const renewed = refreshToken === undefined ? 'refused' : await this.#issuer.renewed(this.#tokens, refreshToken)
    if (renewed !== 'refused') {
      this.#tokens = renewed
      return
    }
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#signedInAgain = resolve
    await this.#promptSignIn()
    await promise
  }

  async #promptSignIn(): Promise<void> {
    this.#authorizationRequest = await this.#issuer.authorizationRequest()
    this.#notifyListeners()
  }

  /** Ignores the responses to sign-ins of other pages. */
  async #completeSignIn(answer: URL): Promise<void> {
    const expected = this.#authorizationRequest?.expected
    if (expected === undefined || answer.searchParams.get('state') !== expected.state) return
    const tokens = await this.#issuer.tokens(answer, expected).catch(() => undefined)
    if (tokens === undefined) return this.#promptSignIn()
    // Another user has signed in, and the page shows data of the previous user.
    if (tokens.subject !== this.#tokens.subject) return location.reload()
    this.#tokens = tokens
    this.#authorizationRequest = undefined
    this.#notifyListeners()
    this.#signedInAgain?.()
  }

  #notifyListeners(): void {
    for (const listener of this.#listeners) listener()
  }
}
