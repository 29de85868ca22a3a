/**
 * Name of the webhook's service account, roles, Deployment, Service and configuration. Google's guide uses the same
 * name: docs/workflows.md#the-procedure-by-hand.
 */
export const webhookName = 'pod-identity-webhook'

/** The Secret in which the webhook stores the certificate that the cluster signed (csr). */
export const signedSecretName = webhookName

/** The Secret with our certificate (own-ca). A separate name prevents a conflict when the mode changes. */
export const ownSecretName = secretNameOf(webhookName)

/** Name of the canary's configuration and of its service account. */
export const canaryName = `${webhookName}-canary`

/**
 * Name of the candidate's objects. The candidate is the new version of the webhook. After its test, API servers send
 * pods to the candidate until the setup has changed the webhook itself.
 */
export const candidateName = `${webhookName}-candidate`

/** Name of the Secret with our certificate (own-ca) for a webhook of this name. */
export function secretNameOf(name: string): string {
  return `${name}-tls`
}

/** Two, so that pods still get their credentials while a node is drained. */
export const replicas = 2

/**
 * The DNS names of a webhook's Service, in the order of the webhook's certificate requests. The webhook's certificate
 * contains all of them. The API server calls the webhook by the third name.
 */
export function serverNames(namespace: string, service = webhookName): readonly string[] {
  const name = `${service}.${namespace}`
  return [service, name, `${name}.svc`, `${name}.svc.cluster.local`]
}

export function commonName(namespace: string, service = webhookName): string {
  return `${service}.${namespace}.svc`
}

/** The user name of the webhook at the API server. */
export function webhookUser(namespace: string): string {
  return `system:serviceaccount:${namespace}:${webhookName}`
}
