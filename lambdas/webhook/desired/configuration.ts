/** The MutatingWebhookConfigurations: the real one, and the canary's that tries it out on nobody's pods. */
import type { Manifest } from '../../clouds/kubernetes/object.ts'
import { canaryName, nextName, webhookName } from './names.ts'
import { canarySelectors, nextSelectors, realSelectors } from './selectors.ts'

export interface ConfigurationParts {
  readonly namespace: string
  /** PEM of the authorities that the API server trusts the webhook by. */
  readonly authorities: string
  /** Name of the Service that is called; the webhook's own when left out. */
  readonly service?: string
}

/** Of v1 and v1beta1 the server keeps one object: one made by hand through v1beta1 is taken over as it is. */
const apiVersion = 'admissionregistration.k8s.io/v1'
/** Name of the real webhook in its configuration, as documented: it is the key by which a hand-made one is taken over. */
export const realWebhook = 'pod-identity-webhook.amazonaws.com'

export const realConfigurationRef = { apiVersion, kind: 'MutatingWebhookConfiguration', name: webhookName } as const
export const nextConfigurationRef = { apiVersion, kind: 'MutatingWebhookConfiguration', name: nextName } as const
export const canaryConfigurationRef = { apiVersion, kind: 'MutatingWebhookConfiguration', name: canaryName } as const

export function realConfiguration(parts: ConfigurationParts, failurePolicy: 'Ignore' | 'Fail'): Manifest {
  return configuration(webhookName, {
    name: realWebhook,
    failurePolicy,
    ...realSelectors(parts.namespace),
    ...call(parts),
  })
}

/** Fail: so that the API server says why it could not call the webhook, instead of letting the pod pass. */
export function canaryConfiguration(parts: ConfigurationParts): Manifest {
  return configuration(canaryName, {
    name: `canary.${realWebhook}`,
    failurePolicy: 'Fail',
    ...canarySelectors(parts.namespace),
    ...call(parts),
  })
}

/** As the canary's, for the webhook that is put up beside the one in use: whatever its namespace is labelled. */
export function nextConfiguration(parts: ConfigurationParts): Manifest {
  return configuration(nextName, {
    name: `next.${realWebhook}`,
    failurePolicy: 'Fail',
    ...nextSelectors,
    ...call({ ...parts, service: nextName }),
  })
}

/** What of a configuration that is there decides how to go on. */
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

/** Namespace of the webhook that it calls; undefined when it calls a URL or nothing. */
export function namespaceOf(existing: ExistingConfiguration): string | undefined {
  return existing.webhooks?.[0]?.clientConfig.service?.namespace
}

/** Name of the Service that it calls; undefined when it calls a URL or nothing. */
export function serviceOf(existing: ExistingConfiguration): string | undefined {
  return existing.webhooks?.[0]?.clientConfig.service?.name
}

/** Whether pods are sent to the webhook beside the one in use, as in the middle of an upgrade. */
export function isDiverted(existing: ExistingConfiguration): boolean {
  return serviceOf(existing) === nextName
}

/** Whether it trusts the webhook by exactly these authorities (PEM). */
export function trustsExactly(existing: ExistingConfiguration, authorities: string): boolean {
  return authoritiesIn(existing) === authorities
}

/**
 * The configuration that is in force while the webhook is being changed: as it was, and trusting the authorities to come
 * beside those that the running pods still serve by. Written before the pods change, so that none starts un-mutated.
 */
export function configurationMeanwhile(existing: ExistingConfiguration, coming: ConfigurationParts): Manifest {
  const trusted = authoritiesIn(existing)
  const joined = trusted === '' ? coming.authorities : `${trusted.trimEnd()}\n${coming.authorities}`
  const authorities = trusts(existing, coming.authorities) ? trusted : joined
  return configurationTrusting(existing, { ...coming, authorities })
}

/** The configuration as it is, and trusting these authorities alone: the running pods serve by no others any more. */
export function configurationTrusting(existing: ExistingConfiguration, parts: ConfigurationParts): Manifest {
  const failurePolicy = existing.webhooks?.[0]?.failurePolicy === 'Fail' ? 'Fail' : 'Ignore'
  // While pods are sent to the webhook beside it, what is changed here concerns none of them.
  if (!isDiverted(existing)) return realConfiguration(parts, failurePolicy)
  return realConfiguration({ ...parts, service: nextName, authorities: authoritiesIn(existing) }, failurePolicy)
}

/**
 * A configuration that somebody made by hand, as ours: it calls the same webhook, and says what the documented one leaves
 * out, without which every dry run of a pod is refused, the canary's, too.
 */
export function configurationTakenOver(existing: ExistingConfiguration, namespace: string): Manifest {
  return configurationTrusting(existing, { namespace, authorities: authoritiesIn(existing) })
}

/** Whether it trusts the webhook by these authorities (PEM), among others or not. */
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
    // Sidecars that a later webhook adds want the variables too; the webhook leaves alone what it has already done.
    reinvocationPolicy: 'IfNeeded',
    // What every pod waits at most while the webhook is down.
    timeoutSeconds: 5,
    // All that it answers in, whatever the version.
    admissionReviewVersions: ['v1beta1'],
    // Without it every dry run of a pod would be refused.
    sideEffects: 'None',
  }
}
