/** The MutatingWebhookConfiguration for the cluster's pods, and the two for tests with the pods of canaries. */
import type { Manifest } from '../../clouds/kubernetes/object.ts'
import { canaryName, candidateName, webhookName } from './names.ts'
import { canarySelectors, candidateSelectors, realSelectors } from './selectors.ts'

export interface ConfigurationParts {
  readonly namespace: string
  /** PEM of the authorities that the API server trusts for the webhook. */
  readonly authorities: string
  /** Name of the called Service. The default is the webhook's own. */
  readonly service?: string
}

/** The API server stores one object for v1 and v1beta1, so a configuration created with v1beta1 can be adopted. */
const apiVersion = 'admissionregistration.k8s.io/v1'
/** The documented name of the webhook in its configuration. Adoption merges configurations by this key. */
export const realWebhook = 'pod-identity-webhook.amazonaws.com'

export const realConfigurationRef = { apiVersion, kind: 'MutatingWebhookConfiguration', name: webhookName } as const
export const candidateConfigurationRef = {
  apiVersion,
  kind: 'MutatingWebhookConfiguration',
  name: candidateName,
} as const
export const canaryConfigurationRef = { apiVersion, kind: 'MutatingWebhookConfiguration', name: canaryName } as const

export function realConfiguration(parts: ConfigurationParts, failurePolicy: 'Ignore' | 'Fail'): Manifest {
  return configuration(webhookName, {
    name: realWebhook,
    failurePolicy,
    ...realSelectors(parts.namespace),
    ...call(parts),
  })
}

/** With Fail, the API server reports why it could not call the webhook. With Ignore, the pod would pass. */
export function canaryConfiguration(parts: ConfigurationParts): Manifest {
  return configuration(canaryName, {
    name: `canary.${realWebhook}`,
    failurePolicy: 'Fail',
    ...canarySelectors(parts.namespace),
    ...call(parts),
  })
}

/** Sends the candidate's canary to the candidate. It selects all namespaces, independent of their labels. */
export function candidateConfiguration(parts: ConfigurationParts): Manifest {
  return configuration(candidateName, {
    name: `candidate.${realWebhook}`,
    failurePolicy: 'Fail',
    ...candidateSelectors,
    ...call({ ...parts, service: candidateName }),
  })
}

/** The fields of an existing configuration that this product reads. */
export interface ExistingConfiguration {
  readonly webhooks?: readonly {
    readonly name?: string
    readonly failurePolicy?: string
    readonly clientConfig: {
      readonly caBundle?: string
      readonly service?: { readonly namespace: string; readonly name?: string }
    }
  }[]
}

/** Namespace of the webhook that the configuration calls. Undefined if it calls a URL or nothing. */
export function namespaceOf(existing: ExistingConfiguration): string | undefined {
  return existing.webhooks?.[0]?.clientConfig.service?.namespace
}

/** Name of the Service that the configuration calls. Undefined if it calls a URL or nothing. */
export function serviceOf(existing: ExistingConfiguration): string | undefined {
  return existing.webhooks?.[0]?.clientConfig.service?.name
}

/** Whether the cluster's pods are sent to the candidate, as during an upgrade of the webhook. */
export function isSwitched(existing: ExistingConfiguration): boolean {
  return serviceOf(existing) === candidateName
}

/** Whether the configuration trusts exactly these authorities (PEM). */
export function trustsExactly(existing: ExistingConfiguration, authorities: string): boolean {
  return authoritiesIn(existing) === authorities
}

/**
 * The configuration during a change of the webhook. It trusts the new authorities in addition to the authorities of the
 * webhook's running pods. It is written before these pods are replaced, so that no other pod starts unmutated.
 */
export function configurationMeanwhile(existing: ExistingConfiguration, desired: ConfigurationParts): Manifest {
  const trusted = authoritiesIn(existing)
  const joined = trusted === '' ? desired.authorities : `${trusted.trimEnd()}\n${desired.authorities}`
  const authorities = trusts(existing, desired.authorities) ? trusted : joined
  return configurationTrusting(existing, { ...desired, authorities })
}

/** The configuration with only these authorities. The webhook's pods must already use certificates that they signed. */
export function configurationTrusting(existing: ExistingConfiguration, parts: ConfigurationParts): Manifest {
  const failurePolicy = existing.webhooks?.[0]?.failurePolicy === 'Fail' ? 'Fail' : 'Ignore'
  // While pods are sent to the candidate, the authorities of the other webhook are irrelevant.
  if (!isSwitched(existing)) return realConfiguration(parts, failurePolicy)
  return realConfiguration({ ...parts, service: candidateName, authorities: authoritiesIn(existing) }, failurePolicy)
}

/**
 * A manually created configuration in our form. It calls the same webhook, and adds the fields that the documented
 * configuration omits. Without `sideEffects`, the API server rejects every dry run of a pod, including the canary's.
 */
export function adoptedConfiguration(existing: ExistingConfiguration, namespace: string): Manifest {
  return configurationTrusting(existing, { namespace, authorities: authoritiesIn(existing) })
}

/** Whether the configuration trusts these authorities (PEM), alone or among others. */
export function trusts(existing: ExistingConfiguration, authorities: string): boolean {
  return authoritiesIn(existing).includes(authorities.trim())
}

function authoritiesIn(existing: ExistingConfiguration): string {
  return Buffer.from(existing.webhooks?.[0]?.clientConfig.caBundle ?? '', 'base64').toString()
}

function configuration(name: string, webhook: Record<string, unknown>): Manifest {
  return { apiVersion, kind: 'MutatingWebhookConfiguration', metadata: { name }, webhooks: [webhook] }
}

function call({ namespace, authorities, service = webhookName }: ConfigurationParts): Record<string, unknown> {
  return {
    clientConfig: {
      service: { name: service, namespace, path: '/mutate', port: 443 },
      caBundle: Buffer.from(authorities).toString('base64'),
    },
    rules: [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], scope: 'Namespaced' }],
    matchPolicy: 'Equivalent',
    // Sidecars that a later webhook adds need the variables too. The webhook is idempotent.
    reinvocationPolicy: 'IfNeeded',
    // The longest delay for the creation of a pod while the webhook is down.
    timeoutSeconds: 5,
    // Every version of the webhook answers in this version only.
    admissionReviewVersions: ['v1beta1'],
    // Without this field, the API server rejects every dry run of a pod.
    sideEffects: 'None',
  }
}
