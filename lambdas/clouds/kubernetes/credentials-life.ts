import { X509Certificate } from 'node:crypto'
import { decodeJwt } from 'jose'
import * as z from 'zod/mini'
import type { ClusterCredentials } from './credentials.ts'

/** From when until when credentials are valid, as they say themselves: nothing is verified, and nothing decides on access by it. */
export interface CredentialsLife {
  readonly startsAt?: Date
  /** Left out when they do not say that they end. */
  readonly endsAt?: Date
}

/** Claims of a token of a service account. */
const claims = z.object({
  iat: z.exactOptional(z.number()),
  exp: z.exactOptional(z.number()),
  sub: z.exactOptional(z.string()),
})

/** The life of the token, or of the client certificate. Where there are both, of what ends first. */
export function lifeOf({ token, client }: Pick<ClusterCredentials, 'token' | 'client'>): CredentialsLife {
  const lives = [...(token === undefined ? [] : [tokenLife(token)]), ...(client ? [certificateLife(client)] : [])]
  return lives.reduce((first, other) => (endOf(other) < endOf(first) ? other : first), {})
}

/** NAMESPACE:NAME of the service account that a token names; undefined for one of another kind. */
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
