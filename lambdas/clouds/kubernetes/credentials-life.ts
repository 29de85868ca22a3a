import { X509Certificate } from 'node:crypto'
import { decodeJwt } from 'jose'
import * as z from 'zod/mini'
import type { ClusterCredentials } from './credentials.ts'

/** The unverified validity that credentials state about themselves. No access decision depends on it. */
export interface CredentialsLife {
  readonly startsAt?: Date
  /** Omitted when the credentials have no expiration time. */
  readonly endsAt?: Date
}

/** Claims of a service account token. */
const claims = z.object({
  iat: z.exactOptional(z.number()),
  exp: z.exactOptional(z.number()),
  sub: z.exactOptional(z.string()),
})

/** Returns the validity of the token or the client certificate. If both exist, the validity that ends first counts. */
export function lifeOf({ token, client }: Pick<ClusterCredentials, 'token' | 'client'>): CredentialsLife {
  const lives = [...(token === undefined ? [] : [tokenLife(token)]), ...(client ? [certificateLife(client)] : [])]
  return lives.reduce((first, other) => (endOf(other) < endOf(first) ? other : first), {})
}

/** Returns NAMESPACE:NAME of the service account of a token, or undefined when the token is of no service account. */
export function accountOfToken(token: string): string | undefined {
  return /^system:serviceaccount:(.+)$/.exec(claimsOf(token).sub ?? '')?.[1]
}

function endOf({ endsAt }: CredentialsLife): number {
  return endsAt?.getTime() ?? Number.POSITIVE_INFINITY
}

function tokenLife(token: string): CredentialsLife {
  const { iat, exp } = claimsOf(token)
  return {
    ...(iat !== undefined && { startsAt: new Date(iat * 1000) }),
    ...(exp !== undefined && { endsAt: new Date(exp * 1000) }),
  }
}

function certificateLife({ certificate }: NonNullable<ClusterCredentials['client']>): CredentialsLife {
  const { validFromDate: startsAt, validToDate: endsAt } = new X509Certificate(certificate)
  return { startsAt, endsAt }
}

function claimsOf(token: string): z.output<typeof claims> {
  try {
    return claims.safeParse(decodeJwt(token)).data ?? {}
  } catch {
    return {}
  }
}
