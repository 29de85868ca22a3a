/** The changes of a setup that the dry run of DeployWebhook reports to the user and to the dry runs of later states. */
import { isDeepStrictEqual } from 'node:util'
import type { ObjectOwner } from '../../clouds/kubernetes/object.ts'
import { isOurs, type LabelledMetadata } from '../../ownership/kubernetes.ts'
import type { Difference } from '../../report/difference.ts'
import { readCertificate, type SecretData } from '../certificate/certificate.ts'
import { configurationMeanwhile, type ExistingConfiguration, realConfiguration } from '../desired/configuration.ts'
import type { Pending } from '../desired/installed.ts'

/** The CA bundle of the configurations, and the Deployment annotation that causes a rollout. */
const ofCertificate = /\.(caBundle|workload-identity\/certificate)$/

/** Whether this field of one of the webhook's objects changes with the webhook's certificate. */
export function isOfCertificate(field: string): boolean {
  return ofCertificate.test(field)
}

interface ObservedState {
  readonly configuration: (ExistingConfiguration & { readonly metadata?: LabelledMetadata }) | undefined
  /** `data` of the Secret with our certificate. */
  readonly certificate: SecretData | undefined
}

interface Desired {
  readonly namespace: string
  /** PEM of the authorities that the API server has to trust. */
  readonly authorities: string
  readonly failurePolicy: 'Ignore' | 'Fail'
  readonly hasOwnCertificate: boolean
  readonly owner: ObjectOwner
}

/** The new certificate and the adoption that only a setup would write. */
export function pendingOf({ configuration, certificate }: ObservedState, desired: Desired): Pending {
  const isKept = readCertificate(certificate)?.authority === desired.authorities
  const pending = desired.hasOwnCertificate && !isKept ? { newAuthority: desired.authorities } : {}
  if (!configuration || isOurs(configuration.metadata, desired.owner)) return pending
  const final = realConfiguration(desired, desired.failurePolicy)
  const isFinal = isDeepStrictEqual(configurationMeanwhile(configuration, desired), final)
  return { ...pending, adoption: isFinal ? 'final' : 'meanwhile' }
}

/** The text in place of a value that only a setup creates. */
export const knownLater = 'known when the certificate is made'

/** The change without values of a certificate, because a dry run creates a certificate that is never used. */
export function withoutCertificateValues<C extends { readonly differences?: readonly Difference[] }>(change: C): C {
  if (!change.differences) return change
  const differences = change.differences.map((difference) =>
    isOfCertificate(difference.field) ? { ...difference, desired: knownLater } : difference,
  )
  return { ...change, differences }
}
