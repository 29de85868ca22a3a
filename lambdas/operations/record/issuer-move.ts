/**
 * The move of a cluster that is set up from an issuer of its own to the one that the deployment hosts for it. Pods keep
 * tokens of the old issuer for a while, so both are trusted until these have expired.
 */
import type { ClusterStatus, FormerIssuer } from './record.ts'

/**
 * Tokens for AWS are valid for a day at most, by the webhook's own limit (its flag --token-expiration, 86400). An hour
 * more is for the API servers of one cluster, which change one after the other.
 */
const trustedMs = 25 * 60 * 60 * 1000

/** The issuer that a setup moves the cluster from when it brings it to this one; undefined when it moves nothing. */
export function movedFrom({ verifiedAt, cluster, formerIssuer }: ClusterStatus, issuerUrl: string) {
  if (verifiedAt === undefined || cluster === undefined || cluster.issuerUrl === issuerUrl) return formerIssuer
  return { issuerUrl: cluster.issuerUrl }
}

/** The former issuer of a cluster whose tokens carry the new one now. */
export function switchedFrom(former: FormerIssuer, now: Date): FormerIssuer {
  return { trustedUntil: new Date(now.getTime() + trustedMs).toISOString(), ...former }
}

/** The issuers whose tokens the roles of the cluster trust, the newest first. */
export function trustedIssuers(issuerUrl: string, former: FormerIssuer | undefined, now: Date): string[] {
  if (former === undefined || former.issuerUrl === issuerUrl) return [issuerUrl]
  const isTrusted = former.trustedUntil === undefined || now.getTime() < Date.parse(former.trustedUntil)
  return isTrusted ? [issuerUrl, former.issuerUrl] : [issuerUrl]
}

/**
 * The issuers that the tokens of the cluster may carry now: until a move has ended, the former one as well. None when the
 * issuer is not known.
 */
export function possibleIssuers(issuerUrl: string | undefined, former: FormerIssuer | undefined): string[] {
  if (issuerUrl === undefined) return []
  return former === undefined || former.trustedUntil !== undefined ? [issuerUrl] : [issuerUrl, former.issuerUrl]
}

/** The issuers that the tokens of the cluster may carry until a setup has brought it to this one. */
export function issuersUntilMoved(status: ClusterStatus, issuerUrl: string): string[] {
  return possibleIssuers(issuerUrl, movedFrom(status, issuerUrl))
}
