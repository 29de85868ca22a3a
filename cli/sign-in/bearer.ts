import { CommandError } from '../errors.ts'
import { keepSignIn, oneAtATime, readSignIn, type SignIn, type Tokens } from './kept.ts'

/** Renews a token this many milliseconds before its end, because a request may take that long. */
const renewalMs = 60_000

/**
 * Adds the access token of a sign-in to each request. It renews the token shortly before its end.
 *
 * @param file with the sign-in
 */
export function bearer(file: string, { client, tokens: first }: SignIn & { readonly tokens: Tokens }) {
  let tokens = first
  return async (request: Request): Promise<Request> => {
    if (endsSoon(tokens)) tokens = await oneAtATime(file, () => renewed(file, client))
    const headers = new Headers(request.headers)
    headers.set('authorization', `Bearer ${tokens.accessToken}`)
    return new Request(request, { headers })
  }
}

function endsSoon({ expiresAt }: Tokens): boolean {
  return expiresAt !== undefined && expiresAt - renewalMs < Date.now()
}

/** @throws {CommandError} when the sign-in has ended */
async function renewed(file: string, client: SignIn['client']): Promise<Tokens> {
  const kept = await readSignIn(file)
  // Another command may have renewed the token, or ended the sign-in.
  if (kept?.tokens && !endsSoon(kept.tokens)) return kept.tokens
  const refreshToken = kept?.tokens?.refreshToken
  if (refreshToken === undefined) {
    throw new CommandError(`Your sign-in at ${client.issuer} has ended. Sign in again: "wid login".`)
  }
  const { refreshed } = await import('./issuer.ts')
  const tokens = await refreshed(client, refreshToken)
  await keepSignIn(file, { client, tokens })
  return tokens
}
