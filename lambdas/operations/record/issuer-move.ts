/**
 * The move of an existing cluster from its own issuer to the one that the deployment hosts for it. Pods hold tokens of
 * the old issuer for a while, so roles trust both issuers until these tokens have expired.
 */
import type { ClusterStatus, FormerIssuer } from './record.ts'

/**
 * Tokens for AWS are valid for a day at most: the webhook limits its flag --token-expiration to 86400. The additional
 * hour is for the API servers of one cluster, which change one after the other.
 */
const trustedMs = 25 * 60 * 60 * 1000

/** The issuer that a setup moves the cluster from, if it moves it to `issuerUrl`; undefined when it moves nothing. */
export function movedFrom({ verifiedAt, cluster, formerIssuer }: ClusterStatus, issuerUrl: string) {
  if (verifiedAt === undefined || cluster === undefined || cluster.issuerUrl === issuerUrl) return formerIssuer
  return { issuerUrl: cluster.issuerUrl }
}

/** The former issuer of a cluster whose tokens now carry the new issuer. */
export function switchedFrom(former: FormerIssuer, now: Date): FormerIssuer {
  return { trustedUntil: new Date(now.getTime() + trustedMs).toISOString(), ...former }
}

/** The issuers whose tokens the roles of the cluster trust, newest first. */
export function trustedIssuers(issuerUrl: string, former: FormerIssuer | undefined, now: Date): string[] {
  if (former === undefined || former.issuerUrl === issuerUrl) return [issuerUrl]
  const isTrusted = former.trustedUntil === undefined || now.getTime() < Date.parse(former.trustedUntil)
  return isTrusted ? [issuerUrl, former.issuerUrl] : [issuerUrl]
}

/** The issuers that the cluster's tokens may carry now. Until a move has ended, they include the former one. */
export function possibleIssuers(issuerUrl: string | undefined, former: FormerIssuer | undefined): string[] {
  if (issuerUrl === undefined) return []
  return former === undefined || former.trustedUntil !== undefined ? [issuerUrl] : [issuerUrl, former.issuerUrl]
}

/** The issuers that the cluster's tokens may carry until a setup has moved it to `issuerUrl`. */
export function issuersUntilMoved(status: ClusterStatus, issuerUrl: string): string[] {
  return possibleIssuers(issuerUrl, movedFrom(status, issuerUrl))
}
