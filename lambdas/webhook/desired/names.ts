/** Name of the account, roles, Deployment, Service and configuration, as in the documented procedure. */
export const webhookName = 'pod-identity-webhook'

/** Secret in which the webhook itself stores the certificate that the cluster signed (csr). */
export const requestedSecretName = webhookName

/**
 * Secret with our certificate (own-ca). It has a name of its own, so that the mode can change without a conflict over
 * one Secret.
 */
export const ownSecretName = secretNameOf(webhookName)

/** Name of the configuration and the account of the canary. */
export const canaryName = `${webhookName}-canary`

/**
 * Name of the candidate's objects. The candidate tries out another version of the webhook, and serves while the webhook
 * is changed.
 */
export const candidateName = `${webhookName}-candidate`

/** Name of the Secret with our certificate (own-ca) for a webhook of this name. */
export function secretNameOf(name: string): string {
  return `${name}-tls`
}

/** Two, so that the drain of a node does not keep pods from getting their credentials. */
export const replicas = 2

/**
 * The DNS names of a webhook's Service. Its certificate carries them, and the webhook's own requests ask for them, in
 * this order. The API server calls the webhook by the third.
 */
export function serverNames(namespace: string, service = webhookName): readonly string[] {
  const name = `${service}.${namespace}`
  return [service, name, `${name}.svc`, `${name}.svc.cluster.local`]
}

/** Common name of the certificate. */
export function commonName(namespace: string, service = webhookName): string {
  return `${service}.${namespace}.svc`
}

/** The user name of the webhook at the API server. */
export function webhookUser(namespace: string): string {
  return `system:serviceaccount:${namespace}:${webhookName}`
}
