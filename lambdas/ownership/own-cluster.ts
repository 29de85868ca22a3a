import type { ClusterTarget } from '../clouds/kubernetes/cluster-client.ts'
import { capitalised, connectionText } from '../clouds/kubernetes/connection-text.ts'
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

type Connected = Pick<ClusterTarget, 'name' | 'credentialsSecretArn'>

/** @throws {InvalidCredentials} when the observed issuer is none of these, unless the list is empty */
export function requireIssuer(cluster: Connected, observed: string, issuers: readonly string[]): void {
  const [desired] = issuers
  if (desired === undefined || issuers.includes(observed)) return
  throw ofAnotherIssuer(cluster, { observed, desired })
}

export function ofAnotherIssuer(
  cluster: Connected,
  issuer: { readonly observed: string; readonly desired: string },
): InvalidCredentials {
  const { object, leadTo, correct } = connectionText(cluster)
  return new InvalidCredentials({
    object,
    reason: `${leadTo} whose tokens name the issuer ${shown(issuer.observed)}, not ${issuer.desired}`,
    action: `${capitalised(correct)}, or correct cluster.issuerUrl in the request`,
  })
}
