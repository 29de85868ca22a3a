/** How requests to an API are authorized: by the sandbox, by a token, or by a signature. */

import { localUserHeader } from '../../client/local-user.ts'
import { WrongUse } from '../errors.ts'
import { readSignIn, signInFile } from '../sign-in/kept.ts'
import { type Endpoint, isLoopback } from './endpoint.ts'

/** Adds the caller's credentials to a request. */
export type Authorize = (request: Request) => Promise<Request>

/**
 * Authorizes by the tokens of a sign-in at this API, or else by AWS credentials. A profile overrides the sign-in.
 *
 * @param profile of the AWS configuration files; undefined when the command line names none
 */
export function authorizer(endpoint: Endpoint, profile: string | undefined): Authorize {
  let chosen: Promise<Authorize> | undefined
  return async (request) => {
    chosen ??= chosenFor(endpoint, profile)
    return (await chosen)(request)
  }
}

/** The sign-in for this API. Undefined when none exists, or when the command line names a profile. */
export async function signInFor(url: string, profile: string | undefined) {
  const { client, tokens } = (profile === undefined && (await readSignIn(signInFile(url, process.env)))) || {}
  return client && tokens && { client, tokens }
}

/** Modules are loaded on demand: the signer or the OIDC client takes longer to load than the rest of a command. */
async function chosenFor({ url, region }: Endpoint, profile: string | undefined): Promise<Authorize> {
  const signIn = await signInFor(url, profile)
  if (signIn) return (await import('../sign-in/bearer.ts')).bearer(signInFile(url, process.env), signIn)
  if (isLoopback(new URL(url).hostname)) return forLocalUser(process.env.WID_LOCAL_USER)
  if (region !== undefined) return (await import('./sign.ts')).signer(region, profile)
  throw new WrongUse(
    `The region of ${url} is not known. Give it with --region or in AWS_REGION. If the API accepts tokens, sign in instead: "wid login".`,
  )
}

/** A sandbox signs requests itself, for this local user or for its default user. */
function forLocalUser(name: string | undefined): Authorize {
  return async (request) => {
    if (name) request.headers.set(localUserHeader, name)
    return request
  }
}
