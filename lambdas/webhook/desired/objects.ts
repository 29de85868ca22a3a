import { displayName } from '../../clouds/kubernetes/object.ts'
import type { ComparedRequest } from '../../steps/compared-request.ts'
import { ownSecretName, webhookName } from './names.ts'

export function installsWebhook({ webhook }: ComparedRequest): boolean {
  return webhook.mode === 'install'
}

/**
 * Names of the webhook's objects in the order of their creation. While the certificate mode is unknown, mode-specific
 * objects are omitted. Unless the request sets the mode, the mode depends on the cluster's version.
 */
export function webhookObjects({ webhook: { namespace, certificate }, known }: ComparedRequest): string[] {
  const mode = known?.installed.mode ?? certificate
  const own = (kind: string) => displayName({ kind, namespace, name: webhookName })
  return [
    displayName({ kind: 'Namespace', name: namespace }),
    own('ServiceAccount'),
    displayName({ kind: 'ClusterRole', name: webhookName }),
    displayName({ kind: 'ClusterRoleBinding', name: webhookName }),
    ...(mode === 'csr' ? [own('Role'), own('RoleBinding')] : []),
    own('Service'),
    own('PodDisruptionBudget'),
    ...(mode === 'own-ca' ? [displayName({ kind: 'Secret', namespace, name: ownSecretName })] : []),
    own('Deployment'),
  ]
}
