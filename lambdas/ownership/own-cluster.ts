import { shown } from '../clouds/network/address.ts'
import { InvalidCredentials } from '../errors/step-errors.ts'
import type { Thumbprinted } from './keys.ts'

/** Identifies the cluster that was set up: another cluster can name its issuer, but cannot sign with its keys. */
export interface OwnCluster {
  /** The issuers that the cluster's tokens may name, newest first. */
  readonly issuers: readonly string[]
  /** One of these keys has signed the cluster's tokens. Absent when the keys are unknown. */
  readonly keys?: readonly Thumbprinted[] | undefined
}

interface Named {
  readonly name: string
  readonly credentialsSecretArn: string
}

/** @throws {InvalidCredentials} when the observed issuer is none of these, unless the list is empty */
export function requireIssuer(cluster: Named, observed: string, issuers: readonly string[]): void {
  const [desired] = issuers
  if (desired === undefined || issuers.includes(observed)) return
  throw ofAnotherIssuer(cluster, { observed, desired })
}

export function ofAnotherIssuer(
  cluster: Named,
  issuer: { readonly observed: string; readonly desired: string },
): InvalidCredentials {
  return new InvalidCredentials({
    object: cluster.credentialsSecretArn,
    reason: `these credentials lead to a cluster whose tokens name the issuer ${shown(issuer.observed)}, not ${issuer.desired}`,
    action: `Put the credentials of cluster ${cluster.name} into it, or correct cluster.issuerUrl in the request`,
  })
}
