/** Name of the account, roles, Deployment, Service and configuration, as in the documented procedure. */
export const webhookName = 'pod-identity-webhook'

/** Secret that the webhook itself writes with the certificate that the cluster signed (csr). */
export const requestedSecretName = webhookName

/** Secret with the certificate of ours (own-ca). A name of its own: the modes can change without a fight over one Secret. */
export const ownSecretName = secretNameOf(webhookName)

/** Configuration and account of the canary. */
export const canaryName = `${webhookName}-canary`

/** All that is put up beside the webhook to try out another version of it, and to serve while the webhook is changed. */
export const nextName = `${webhookName}-next`

/** Secret with the certificate of a webhook of ours (own-ca), by the webhook's name. */
export function secretNameOf(name: string): string {
  return `${name}-tls`
}

/** Two, so that a drained node takes none of the pods' credentials away. */
export const replicas = 2

/**
 * The names of a webhook's Service: what its certificate carries, and its own requests ask for, in this order. The API
 * server calls it by the third.
 */
export function serverNames(namespace: string, service = webhookName): readonly string[] {
  const name = `${service}.${namespace}`
  return [service, name, `${name}.svc`, `${name}.svc.cluster.local`]
}

/** Common name of the certificate. */
export function commonName(namespace: string, service = webhookName): string {
  return `${service}.${namespace}.svc`
}

/** The user that the webhook is to the API server. */
export function webhookUser(namespace: string): string {
  return `system:serviceaccount:${namespace}:${webhookName}`
}
