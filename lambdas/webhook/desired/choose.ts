import type { Explanation } from '../../errors/step-errors.ts'
import type { Webhook } from '../../spec/parts.ts'
import { endsBefore119, type ImageVersion, isAtLeast, versionOf } from './image.ts'

/** What is installed, or why nothing is. */
export type WebhookChoice = InstalledChoice | { readonly mode: 'managed' | 'none' }

export interface InstalledChoice {
  readonly mode: CertificateMode
  readonly image: string
}

/** own-ca: a certificate that we make. csr: the webhook asks the cluster for one, and we approve. */
export type CertificateMode = 'own-ca' | 'csr'

export type ChoiceResult = { readonly choice: WebhookChoice } | { readonly refused: Explanation }

/**
 * own-ca takes the newest. csr takes the image of the documented procedure: it is pinned to a commit, is known to exist on
 * Docker Hub, and its requests were seen and measured, while v0.3.0 adds nothing that a setup uses but the annotation
 * sts-regional-endpoints, for which the flag stands in.
 */
export const defaultImages: Readonly<Record<CertificateMode, string>> = {
  'own-ca': 'public.ecr.aws/eks/amazon-eks-pod-identity-webhook:v0.6.17',
  csr: 'amazon/amazon-eks-pod-identity-webhook:ed8c41f',
}

/** The signer kubernetes.io/legacy-unknown and the API certificates.k8s.io/v1beta1 end with Kubernetes 1.22. */
const lastMinorWithLegacySigner = 21
const firstMinorWithoutGkeBuild = 19
/** From here on the webhook asks through certificates.k8s.io/v1, which refuses the signer legacy-unknown. */
const firstWithoutRequests: ImageVersion = [0, 4, 0]
/** Before, the annotation sts-regional-endpoints took effect only where the flag already said the same. */
const firstWithRegionalAnnotation: ImageVersion = [0, 3, 0]

/** The webhook for this request on this Kubernetes minor version (33 for 1.33), or why there is none that works. */
export function chooseWebhook(webhook: Webhook, kubernetesMinor: number): ChoiceResult {
  if (webhook.mode !== 'install') return { choice: { mode: webhook.mode } }
  const mode = webhook.certificate === 'auto' ? automaticMode(webhook.image, kubernetesMinor) : webhook.certificate
  const image = webhook.image ?? defaultImages[mode]
  const refused =
    refuseImage(image, kubernetesMinor) ?? (mode === 'csr' ? refuseRequests(image, kubernetesMinor) : undefined)
  return refused ? { refused } : { choice: { mode, image } }
}

/** Why this image works on no such cluster, wherever its certificate is from. */
export function refuseImage(image: string, kubernetesMinor: number): Explanation | undefined {
  if (kubernetesMinor < firstMinorWithoutGkeBuild || !endsBefore119(image)) return undefined
  return {
    object: `webhook image ${image}`,
    reason: `it does not work from Kubernetes 1.${firstMinorWithoutGkeBuild} on`,
    action:
      'Use a newer image, or leave webhook.image out; where it is installed, upgrade it first: POST /v1/clusters/CLUSTER/webhook-upgrades with a newer image',
  }
}

/** Whether the annotation eks.amazonaws.com/sts-regional-endpoints does what it says with this webhook. */
export function readsRegionalAnnotation(choice: WebhookChoice): boolean {
  if (!('image' in choice)) return choice.mode === 'managed'
  const version = versionOf(choice.image)
  return version !== undefined && isAtLeast(version, firstWithRegionalAnnotation)
}

/** EKS runs the webhook itself: a second one would mutate pods twice. Undefined where the issuer is not of EKS. */
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

/** Whether a cluster of this Kubernetes minor version gives a webhook the certificate that it asks for. */
export function signsRequests(kubernetesMinor: number): boolean {
  return kubernetesMinor <= lastMinorWithLegacySigner
}

/** own-ca works with every image and version, so csr is taken only where it is sure to work. */
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
