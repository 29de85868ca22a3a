import type { Tags } from '../clouds/aws/tags.ts'
import { OwnershipConflict } from '../errors/step-errors.ts'
import { type Owner, ownerOf, ownershipOf } from '../ownership/ownership.ts'

/**
 * Requires that the issuer's OIDC provider does not belong to another cluster. An issuer belongs to one cluster, so the
 * other cluster is this one under another name: a setup would change its webhook, and a teardown would remove it.
 *
 * @param tags of the provider
 * @throws {OwnershipConflict} when the provider belongs to another cluster or deployment; the error names it
 */
export function requireOwnIssuer(issuerUrl: string, tags: Tags, owner: Owner): void {
  const observed = ownerOf(tags)
  if (!observed || ownershipOf(tags, owner) !== 'others') return
  const object = `cluster ${owner.cluster}`
  if (observed.deployment === owner.deployment) {
    throw new OwnershipConflict({
      object,
      reason: `its issuer ${issuerUrl} is that of cluster ${observed.cluster}, so that this is cluster ${observed.cluster} under a second name`,
      action: `Use the name ${observed.cluster} for this cluster`,
    })
  }
  throw new OwnershipConflict({
    object,
    reason: `its issuer ${issuerUrl} is that of cluster ${observed.cluster} of the deployment ${observed.deployment}`,
    action: 'Set it up there, or tear it down there first',
  })
}
