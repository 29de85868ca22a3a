import type { Explanation } from '../../errors/step-errors.ts'
import type { Webhook } from '../../spec/setup-request.ts'
import { endsBefore119, type ImageVersion, isAtLeast, versionOf } from './image.ts'

/** The webhook to install, or a mode without installation. */
export type WebhookChoice = InstalledChoice | { readonly mode: 'managed' | 'none' }

export interface InstalledChoice {
  readonly mode: CertificateMode
  readonly image: string
}

/** own-ca: the product creates the certificate. csr: the webhook requests it, and the product approves the request. */
export type CertificateMode = 'own-ca' | 'csr'

export type ChoiceResult = { readonly choice: WebhookChoice } | { readonly refused: Explanation }

/**
 * own-ca uses the newest image: test/long/webhook/newest-image.test.ts asks the registry for a newer one. csr uses the
 * image of the documented procedure, pinned to a commit, because this image exists on Docker Hub and its certificate
 * requests were measured. v0.3.0 would only add support for the annotation sts-regional-endpoints, which a flag replaces.
 */
export const defaultImages: Readonly<Record<CertificateMode, string>> = {
  'own-ca': 'public.ecr.aws/eks/amazon-eks-pod-identity-webhook:v0.6.17',
  csr: 'amazon/amazon-eks-pod-identity-webhook:ed8c41f',
}

/** Kubernetes 1.22 removes the signer kubernetes.io/legacy-unknown and the API certificates.k8s.io/v1beta1. */
const lastMinorWithLegacySigner = 21
const firstMinorWithoutGkeBuild = 19
/** Since this version, the webhook uses certificates.k8s.io/v1, which rejects the signer legacy-unknown. */
const firstWithoutRequests: ImageVersion = [0, 4, 0]
/** Before this version, the annotation sts-regional-endpoints had an effect only if the flag had the same value. */
const firstWithRegionalAnnotation: ImageVersion = [0, 3, 0]

/** The webhook for this request on this Kubernetes minor version (33 for 1.33), or the reason why no webhook works. */
export function chooseWebhook(webhook: Webhook, kubernetesMinor: number): ChoiceResult {
  if (webhook.mode !== 'install') return { choice: { mode: webhook.mode } }
  const mode = webhook.certificate === 'auto' ? automaticMode(webhook.image, kubernetesMinor) : webhook.certificate
  const image = webhook.image ?? defaultImages[mode]
  const refused =
    refuseImage(image, kubernetesMinor) ?? (mode === 'csr' ? refuseRequests(image, kubernetesMinor) : undefined)
  return refused ? { refused } : { choice: { mode, image } }
}

/** The reason why this image works in no certificate mode on this Kubernetes version. Undefined if it may work. */
export function refuseImage(image: string, kubernetesMinor: number): Explanation | undefined {
  if (kubernetesMinor < firstMinorWithoutGkeBuild || !endsBefore119(image)) return undefined
  return {
    object: `webhook image ${image}`,
    reason: `it does not work from Kubernetes 1.${firstMinorWithoutGkeBuild} on`,
    action:
      'Use a newer image; on a cluster that already runs this image, first change webhook.image (wid upgrade CLUSTER --image)',
  }
}

/** Whether this webhook fully supports the annotation eks.amazonaws.com/sts-regional-endpoints. */
export function readsRegionalAnnotation(choice: WebhookChoice): boolean {
  if (!('image' in choice)) return choice.mode === 'managed'
  const version = versionOf(choice.image)
  return version !== undefined && isAtLeast(version, firstWithRegionalAnnotation)
}

/**
 * The reason why no webhook may be installed on a cluster with this issuer. Undefined if the issuer is not EKS. EKS
 * runs the webhook itself, and a second one would mutate pods twice.
 */
export function reasonAgainstEks(issuerUrl: string): Explanation | undefined {
  const host = URL.parse(issuerUrl)?.hostname ?? ''
  if (!/^oidc[.-]eks\.[a-z0-9-]+\.(amazonaws\.com(\.cn)?|api\.aws|api\.amazonwebservices\.com\.cn)$/.test(host))
    return undefined
  return {
    object: `cluster with the issuer ${issuerUrl}`,
    reason: 'EKS runs the pod identity webhook itself, and a second one must not be installed',
    action: 'Set webhook.mode to managed',
  }
}

/** Whether a cluster of this Kubernetes minor version signs the certificate that a webhook requests. */
export function signsRequests(kubernetesMinor: number): boolean {
  return kubernetesMinor <= lastMinorWithLegacySigner
}

/** own-ca works with every image and version. csr is chosen only if it certainly works. */
function automaticMode(image: string | undefined, kubernetesMinor: number): CertificateMode {
  return refuseRequests(image ?? defaultImages.csr, kubernetesMinor) ? 'own-ca' : 'csr'
}

function refuseRequests(image: string, kubernetesMinor: number): Explanation | undefined {
  if (!signsRequests(kubernetesMinor)) {
    return {
      object: `webhook image ${image}`,
      reason: `Kubernetes 1.${kubernetesMinor} signs no certificate request of the webhook: the last version that does is 1.${lastMinorWithLegacySigner}`,
      action: 'Set webhook.certificate to own-ca or auto',
    }
  }
  const version = versionOf(image)
  if (version === undefined) {
    return {
      object: `webhook image ${image}`,
      reason:
        'its tag does not contain the version, and only v0.3.0 and older can request a certificate from the cluster',
      action:
        'Add the version to the image as its tag (a digest may follow the tag), or set webhook.certificate to own-ca',
    }
  }
  if (!isAtLeast(version, firstWithoutRequests)) return undefined
  return {
    object: `webhook image ${image}`,
    reason: 'v0.4.0 and newer request a certificate in a form that every API server rejects',
    action: 'Use v0.3.0 or older, or set webhook.certificate to own-ca or auto',
  }
}
