/** Decides when to renew credentials, and when to notify of their expiry. */
import type { CredentialsLife } from '../clouds/kubernetes/credentials-life.ts'

const dayMs = 86_400_000

/** Whether less than 30 days remain, or less than half of the lifetime if that is shorter. */
export function isDue(life: CredentialsLife, now: Date): boolean {
  return isLess(life, now, { days: 30, part: 1 / 2 })
}

/**
 * Whether less than 14 days remain, or less than a third of the lifetime if that is shorter. Renewed credentials are due earlier, so
 * they reach this only after failed renewals.
 */
export function isEnding(life: CredentialsLife, now: Date): boolean {
  return isLess(life, now, { days: 14, part: 1 / 3 })
}

function isLess(
  { startsAt, endsAt }: CredentialsLife,
  now: Date,
  { days, part }: { readonly days: number; readonly part: number },
): boolean {
  if (!endsAt) return false
  const ofLife = startsAt ? (endsAt.getTime() - startsAt.getTime()) * part : Number.POSITIVE_INFINITY
  return endsAt.getTime() - now.getTime() < Math.min(days * dayMs, ofLife)
}

/** Minimum: https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/token-request-v1/ */
const shortestSeconds = 600

/** The lifetime of the next token: the same as that of the current one. */
export function lifetimeSeconds({ startsAt, endsAt }: CredentialsLife, now: Date): number {
  const seconds = ((endsAt ?? now).getTime() - (startsAt ?? now).getTime()) / 1000
  return Math.max(shortestSeconds, Math.round(seconds))
}

export interface Candidate {
  /** NAMESPACE:NAME of the account of the token; undefined for credentials without a token of an account. */
  readonly account: string | undefined
  /** Whether the person who stored the credentials has marked them for renewal. */
  readonly isMarked: boolean
}

/**
 * Why credentials are not renewed; undefined when they may be renewed.
 *
 * @param own NAMESPACE:NAME of the setup account
 */
export function whyNotRenewed({ account, isMarked }: Candidate, own: string): string | undefined {
  if (!isMarked) return 'whoever has stored them has not marked them for renewal'
  if (account === own) return undefined
  return `they are no token of the account ${own.replace(':', '/')}`
}
