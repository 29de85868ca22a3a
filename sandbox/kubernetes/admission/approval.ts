import type { Call } from '../context.ts'
import { asString, at, type KubeObject } from '../objects/objects.ts'
import { isAllowed } from '../requests/authorization.ts'
import { forbidden } from '../requests/status.ts'

/**
 * Approving needs the verb `approve` on the signer besides the right to write the subresource
 * (plugin/pkg/admission/certificates/approval).
 *
 * @throws ApiError 403
 */
export function refuseUnlessApprover(object: KubeObject, { user, cluster, target }: Call): void {
  const signer = asString(at(object, 'spec', 'signerName'))
  const wildcard = `${signer.split('/')[0]}/*`
  const may = (name: string) =>
    isAllowed(user, { verb: 'approve', group: target.type.group, resource: 'signers', name }, cluster.store)
  if (may(signer) || may(wildcard)) return
  const { name } = object.metadata
  const message = `certificatesigningrequests.certificates.k8s.io "${name}" is forbidden: user not permitted to approve requests with signerName "${signer}"`
  throw forbidden(message, { name, group: target.type.group, kind: target.type.plural })
}
