/** How requests to an API are authorized: by the port of a sandbox, by a token, or by a signature. */
import { WrongUse } from '../errors.ts'
import { readSignIn, signInFile } from '../sign-in/kept.ts'
import { type Endpoint, isLoopback } from './endpoint.ts'
import { localUserHeader } from './local-user.ts'

/** Gives a request what the API knows its caller by. */
export type Authorize = (request: Request) => Promise<Request>

/**
 * Tokens of a sign-in at this API, and else AWS credentials. A profile that was named wins over the sign-in.
 *
 * @param profile of the AWS configuration files; undefined where the command line names none
 */
export function authorizer(endpoint: Endpoint, profile: string | undefined): Authorize {
  let chosen: Promise<Authorize> | undefined
  return async (request) => {
    chosen ??= chosenFor(endpoint, profile)
    return (await chosen)(request)
  }
}

/** The sign-in that is used at this API; undefined where there is none, or a profile was named. */
export async function signInFor(url: string, profile: string | undefined) {
  const { client, tokens } = (profile === undefined && (await readSignIn(signInFile(url, process.env)))) || {}
  return client && tokens && { client, tokens }
}

/** Loading the signer, or the client of issuers, costs more time than all else of a command. */
async function chosenFor({ url, region }: Endpoint, profile: string | undefined): Promise<Authorize> {
  const signIn = await signInFor(url, profile)
  if (signIn) return (await import('../sign-in/bearer.ts')).bearer(signInFile(url, process.env), signIn)
  if (isLoopback(new URL(url).hostname)) return forLocalUser(process.env.WID_LOCAL_USER)
  if (region !== undefined) return (await import('./sign.ts')).signer(region, profile)
  throw new WrongUse(
    `The region of ${url} is not known. Give it with --region or in AWS_REGION. Where the API takes tokens, sign in instead: "wid login".`,
  )
}

/** The port of a sandbox signs: for the local user of this name, and without one for whom it chooses. */
function forLocalUser(name: string | undefined): Authorize {
  return async (request) => {
    if (name) request.headers.set(localUserHeader, name)
    return request
  }
}
