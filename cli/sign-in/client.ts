import { requireHttpsOrLoopback } from '../api/endpoint.ts'
import { WrongUse } from '../errors.ts'
import type { SignInClient } from './kept.ts'

export interface ClientOptions {
  readonly issuer?: string | undefined
  readonly clientId?: string | undefined
  readonly scope?: string | undefined
  readonly resource?: string | undefined
}

/** `offline_access` requests a refresh token: https://openid.net/specs/openid-connect-core-1_0.html#OfflineAccess */
const defaultScope = 'openid offline_access'

/** Without options, it uses the previous sign-in. @throws {WrongUse} when nothing names the issuer and the client */
export function clientFrom(options: ClientOptions, before: SignInClient | undefined): SignInClient {
  const issuer = options.issuer ?? before?.issuer
  const clientId = options.clientId ?? before?.clientId
  if (issuer === undefined || clientId === undefined) {
    throw new WrongUse(
      'The token issuer is not known. Give --issuer and --client-id once. The administrators of the deployment know them.',
    )
  }
  requireHttpsOrLoopback(issuer, 'an issuer')
  const resource = options.resource ?? before?.resource
  return {
    issuer,
    clientId,
    scope: options.scope ?? before?.scope ?? defaultScope,
    ...(resource !== undefined && { resource }),
  }
}
