import type { Explanation } from '../../errors/step-errors.ts'
import type { Webhook } from '../../spec/parts.ts'
import { endsBefore119, type ImageVersion, isAtLeast, versionOf } from './image.ts'

/** The webhook to install, or the mode in which none is installed. */
export type WebhookChoice = InstalledChoice | { readonly mode: 'managed' | 'none' }

export interface InstalledChoice {
  readonly mode: CertificateMode
  readonly image: string
}

/** own-ca: we make the certificate. csr: the webhook requests one from the cluster, and we approve the request. */
export type CertificateMode = 'own-ca' | 'csr'

export type ChoiceResult = { readonly choice: WebhookChoice } | { readonly refused: Explanation }

/**
 * own-ca takes the newest image. csr takes the image of the documented procedure, which is pinned to a commit. That
 * image is known to exist on Docker Hub, and its requests were measured. Of what v0.3.0 adds, a setup would use only
 * the annotation sts-regional-endpoints, and a flag replaces that.
 */
export const defaultImages: Readonly<Record<CertificateMode, string>> = {
  'own-ca': 'public.ecr.aws/eks/amazon-eks-pod-identity-webhook:v0.6.17',
  csr: 'amazon/amazon-eks-pod-identity-webhook:ed8c41f',
}

/** The signer kubernetes.io/legacy-unknown and the API certificates.k8s.io/v1beta1 end with Kubernetes 1.22. */
const lastMinorWithLegacySigner = 21
const firstMinorWithoutGkeBuild = 19
/**
 * From this version on the webhook makes its requests through certificates.k8s.io/v1, which refuses the signer
 * legacy-unknown.
 */
const firstWithoutRequests: ImageVersion = [0, 4, 0]
/** Before this version the annotation sts-regional-endpoints took effect only where the flag already said the same. */
const firstWithRegionalAnnotation: ImageVersion = [0, 3, 0]

/** The webhook for this request on this Kubernetes minor version (33 for 1.33), or why none works. */
export function chooseWebhook(webhook: Webhook, kubernetesMinor: number): ChoiceResult {
  if (webhook.mode !== 'install') return { choice: { mode: webhook.mode } }
  const mode = webhook.certificate === 'auto' ? automaticMode(webhook.image, kubernetesMinor) : webhook.certificate
  const image = webhook.image ?? defaultImages[mode]
  const refused =
    refuseImage(image, kubernetesMinor) ?? (mode === 'csr' ? refuseRequests(image, kubernetesMinor) : undefined)
  return refused ? { refused } : { choice: { mode, image } }
}

/** Why this image does not work on this Kubernetes version in any certificate mode; undefined when it may work. */
export function refuseImage(image: string, kubernetesMinor: number): Explanation | undefined {
  if (kubernetesMinor < firstMinorWithoutGkeBuild || !endsBefore119(image)) return undefined
  return {
    object: `webhook image ${image}`,
    reason: `it does not work from Kubernetes 1.${firstMinorWithoutGkeBuild} on`,
    action:
      'Use a newer image; where it is installed, change webhook.image to a newer one first (wid upgrade CLUSTER --image)',
  }
}

/** Whether the annotation eks.amazonaws.com/sts-regional-endpoints takes full effect with this webhook. */
export function readsRegionalAnnotation(choice: WebhookChoice): boolean {
  if (!('image' in choice)) return choice.mode === 'managed'
  const version = versionOf(choice.image)
  return version !== undefined && isAtLeast(version, firstWithRegionalAnnotation)
}

/**
 * Why no webhook may be installed on a cluster with this issuer; undefined when it is not an issuer of EKS. EKS runs
 * the webhook itself, and a second one would mutate pods twice.
 */
export function refuseOnEks(issuerUrl: string): Explanation | undefined {
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

/** own-ca works with every image and version, so csr is chosen only where it is sure to work. */
function automaticMode(image: string | undefined, kubernetesMinor: number): CertificateMode {
  return refuseRequests(image ?? defaultImages.csr, kubernetesMinor) ? 'own-ca' : 'csr'
}

function refuseRequests(image: string, kubernetesMinor: number): Explanation | undefined {
  if (!signsRequests(kubernetesMinor)) {
    return {
      object: `webhook image ${image}`,
      reason: `Kubernetes 1.${kubernetesMinor} signs no request of the webhook: that ended with 1.22`,
      action: 'Set webhook.certificate to own-ca or auto',
    }
  }
  const version = versionOf(image)
  if (version === undefined) {
    return {
      object: `webhook image ${image}`,
      reason: 'its tag does not tell the version, and only v0.3.0 and older can ask the cluster for their certificate',
      action:
        'Give the image a version as its tag, beside the digest if there is one, or set webhook.certificate to own-ca',
    }
  }
  if (!isAtLeast(version, firstWithoutRequests)) return undefined
  return {
    object: `webhook image ${image}`,
    reason: 'v0.4.0 and newer ask for a certificate in a way that every API server refuses',
    action: 'Use v0.3.0 or older, or set webhook.certificate to own-ca or auto',
  }
}
