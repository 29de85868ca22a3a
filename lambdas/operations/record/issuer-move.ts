/**
 * The move of an existing cluster from its own issuer to an issuer that the deployment hosts. Pods hold tokens of the
 * former issuer for a while, so roles trust both issuers until these tokens have expired.
 */
import type { ClusterStatus, FormerIssuer } from './record.ts'

/**
 * Tokens for AWS are valid for a day at most: the webhook limits its flag --token-expiration to 86400. The additional
 * hour allows for API servers of the cluster that change their issuer one after the other.
 */
const trustedMs = 25 * 60 * 60 * 1000

/** Returns the former issuer of the cluster once it uses `issuerUrl`, or undefined if it then has no former issuer. */
export function movedFrom({ verifiedAt, cluster, formerIssuer }: ClusterStatus, issuerUrl: string) {
  if (verifiedAt === undefined || cluster === undefined || cluster.issuerUrl === issuerUrl) return formerIssuer
  return { issuerUrl: cluster.issuerUrl }
}

/** The former issuer of a cluster whose new tokens now name the new issuer, with the end of trust in the former one. */
export function switchedFrom(former: FormerIssuer, now: Date): FormerIssuer {
  return { trustedUntil: new Date(now.getTime() + trustedMs).toISOString(), ...former }
}

/** The issuers whose tokens the roles of the cluster trust, newest first. */
export function trustedIssuers(issuerUrl: string, former: FormerIssuer | undefined, now: Date): string[] {
  if (former === undefined || former.issuerUrl === issuerUrl) return [issuerUrl]
  const isTrusted = former.trustedUntil === undefined || now.getTime() < Date.parse(former.trustedUntil)
  return isTrusted ? [issuerUrl, former.issuerUrl] : [issuerUrl]
}

/** The issuers that new tokens of the cluster may name. They include the former issuer until the cluster switches. */
export function possibleIssuers(issuerUrl: string | undefined, former: FormerIssuer | undefined): string[] {
  if (issuerUrl === undefined) return []
  return former === undefined || former.trustedUntil !== undefined ? [issuerUrl] : [issuerUrl, former.issuerUrl]
}

/** The issuers that the cluster's new tokens may name while a setup moves the cluster to `issuerUrl`. */
export function issuersUntilMoved(status: ClusterStatus, issuerUrl: string): string[] {
  return possibleIssuers(issuerUrl, movedFrom(status, issuerUrl))
}
