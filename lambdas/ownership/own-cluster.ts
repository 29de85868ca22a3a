import { shown } from '../clouds/network/address.ts'
import { InvalidCredentials } from '../errors/step-errors.ts'
import type { Thumbprinted } from './keys.ts'

/** By what the cluster that was set up is known again: others can name its issuer, and none can sign with its keys. */
export interface OwnCluster {
  /** Those that its tokens may name, the newest first. */
  readonly issuers: readonly string[]
  /** One of these has signed its tokens. Left out where they are not known. */
  readonly keys?: readonly Thumbprinted[] | undefined
}

interface Named {
  readonly name: string
  readonly credentialsSecretArn: string
}

/** @throws {InvalidCredentials} when its tokens name none of these issuers; never where there are none to compare */
export function requireIssuer(cluster: Named, observed: string, issuers: readonly string[]): void {
  const [desired] = issuers
  if (desired === undefined || issuers.includes(observed)) return
  throw ofAnotherIssuer(cluster, { observed, desired })
}

/** The error for credentials of a cluster whose issuer is not the expected one. */
export function ofAnotherIssuer(
  cluster: Named,
  issuer: { readonly observed: string; readonly desired: string },
): InvalidCredentials {
  return new InvalidCredentials({
    object: cluster.credentialsSecretArn,
    reason: `the cluster that these credentials lead to makes tokens of ${shown(issuer.observed)}, and not of ${issuer.desired}`,
    action: `Put the credentials of cluster ${cluster.name} into it, or correct cluster.issuerUrl in the request`,
  })
}
