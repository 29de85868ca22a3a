/** Decides when to renew credentials, and when to notify of their expiry. */
import type { CredentialsLife } from '../clouds/kubernetes/credentials-life.ts'

const dayMs = 86_400_000

/** Whether less than 30 days remain, or less than half of the lifetime if that is shorter. */
export function isDue(life: CredentialsLife, now: Date): boolean {
  return isLess(life, now, { days: 30, part: 1 / 2 })
}

/**
 * Whether less than 14 days remain, or less than a third of the lifetime if that is shorter. Automatic renewal starts
 * earlier, so this is true of credentials with automatic renewal only after failures.
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

/** The lifetime of the next token in seconds: the lifetime of the current token, but at least the minimum. */
export function lifetimeSeconds({ startsAt, endsAt }: CredentialsLife, now: Date): number {
  const seconds = ((endsAt ?? now).getTime() - (startsAt ?? now).getTime()) / 1000
  return Math.max(shortestSeconds, Math.round(seconds))
}

export interface Candidate {
  /** NAMESPACE:NAME of the token's service account. Undefined for credentials without a service account token. */
  readonly account: string | undefined
  /** Whether the person who stored the credentials has marked them for renewal. */
  readonly isMarked: boolean
}

/**
 * The reason why credentials are not renewed. Undefined if they may be renewed.
 *
 * @param own NAMESPACE:NAME of the setup account
 */
export function whyNotRenewed({ account, isMarked }: Candidate, own: string): string | undefined {
  if (!isMarked) return 'whoever has stored them has not marked them for renewal'
  if (account === own) return undefined
  return `they are not a token of the account ${own.replace(':', '/')}`
}
