import { minorOf } from '../spec/cluster-spec.ts'
import { issueAt, quoted, type ValidationIssue } from '../spec/issue.ts'
import type { RequestDraft } from '../spec/schema.ts'
import { webhook as webhookSchema } from '../spec/setup-request.ts'
import { chooseWebhook, refuseImage } from './desired/choose.ts'
import { imageProblem } from './desired/image-name.ts'

type WebhookDraft = NonNullable<RequestDraft['webhook']>

/** A Kubernetes minor version on which csr works. It replaces an unknown version, so only the image is checked. */
const anyMinorThatSigns = 21

/** Validation issues of the requested webhook: whether it can work on this cluster. */
export function webhookIssues({ webhook = {}, cluster }: RequestDraft): ValidationIssue[] {
  if (webhook.mode !== 'install') return pointlessFields(webhook)
  const { image, namespace } = webhook
  const problem = image === undefined ? undefined : imageProblem(image)
  if (problem !== undefined) {
    return [issueAt(['webhook', 'image'], `${quoted(image)} ${problem}`), ...namespaceIssues(namespace)]
  }
  return [...namespaceIssues(namespace), ...choiceIssues(webhook, cluster?.spec?.controlPlane?.version)]
}

/** The prefix `kube-` is reserved (https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/). */
function namespaceIssues(namespace: string | undefined): ValidationIssue[] {
  if (!namespace?.startsWith('kube-')) return []
  return [
    issueAt(
      ['webhook', 'namespace'],
      `${quoted(namespace)} is reserved for Kubernetes: use a namespace that only the webhook uses`,
    ),
  ]
}

/** Issues of fields that only an installation uses. Defaults are valid, because every normalised request has them. */
function pointlessFields(webhook: WebhookDraft): ValidationIssue[] {
  const defaults: Readonly<Record<string, unknown>> = webhookSchema.parse({})
  return Object.entries(webhook)
    .filter(([field, value]) => field !== 'mode' && value !== undefined && value !== defaults[field])
    .map(([field]) =>
      issueAt(
        ['webhook', field],
        `makes no sense with webhook.mode ${quoted(webhook.mode)}, which installs nothing: leave it out, or use mode "install"`,
      ),
    )
}

/** Issues of an unusable image or of csr, which works only up to Kubernetes 1.21 and with images before v0.4.0. */
function choiceIssues(webhook: WebhookDraft, version: string | undefined): ValidationIssue[] {
  const minor = version === undefined ? anyMinorThatSigns : minorOf(version)
  const refused = webhook.image === undefined ? undefined : refuseImage(webhook.image, minor)
  if (refused) {
    const { reason, action } = refused
    return [issueAt(['webhook', 'image'], `${quoted(webhook.image)} cannot be used: ${reason}. ${action}`)]
  }
  const result = chooseWebhook(webhookSchema.parse(webhook), minor)
  if (!('refused' in result)) return []
  const { object, reason, action } = result.refused
  return [issueAt(['webhook', 'certificate'], `"csr" cannot be used with ${object}: ${reason}. ${action}`)]
}
