/**
 * The errors for resources that a cluster does not own. They do not name the owner, because readers of the operation
 * may lack permission to read that cluster.
 */
import { OwnershipConflict } from '../errors/step-errors.ts'
import type { Resource } from './claim.ts'
import type { ClaimKind } from './kinds.ts'

const nouns: Readonly<Record<ClaimKind, string>> = {
  bucket: 'the bucket',
  issuer: 'the issuer',
  'signing-key': 'the signing key',
  provider: 'the OIDC provider',
  role: 'the role',
  'management-object': 'the object of the management cluster',
}

export function ownedByAnother(cluster: string, { kind, name }: Resource): OwnershipConflict {
  return new OwnershipConflict({
    object: name,
    reason: `another cluster of this deployment owns ${nouns[kind]}, so that cluster ${cluster} may not use it`,
    action: actions[kind],
  })
}

const actions: Readonly<Record<ClaimKind, string>> = {
  bucket: 'Use a bucket of another name, or ask an administrator who may read both clusters',
  issuer: 'If both are one cluster, use the name that it has already. Otherwise give the cluster an issuer of its own',
  'signing-key':
    'If both are one cluster, use the name that it has already. If its control plane is a copy, give it a signing key of its own (--service-account-signing-key-file and --service-account-key-file)',
  provider: 'Tear the other cluster down first, or ask an administrator',
  role: 'Choose another name for the role (role.name)',
  'management-object': 'Choose another name, or another namespace of the management cluster',
}

/** The error for an issuer that the cluster has not proved to own. */
export function unproved(cluster: string, { name }: Resource): OwnershipConflict {
  return new OwnershipConflict({
    object: name,
    reason: `no step has proved that the issuer is that of cluster ${cluster}`,
    action: 'Send the setup of the cluster again: CheckCluster proves it',
  })
}

/** The error for a resource with the product's labels or tags, but without a claim, which was lost with the table. */
export function unclaimed(cluster: string, { kind, name }: Resource): OwnershipConflict {
  return new OwnershipConflict({
    object: name,
    reason: `the deployment has made or marked ${nouns[kind]}, and its table does not say that cluster ${cluster} owns it`,
    action:
      'An administrator decides: npm run deployment -- recover writes the claims that were lost (docs/recovery.md)',
  })
}
