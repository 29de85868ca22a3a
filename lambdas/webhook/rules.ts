import { minorOf } from '../spec/cluster-spec.ts'
import { type Fault, faultAt, quoted } from '../spec/issue.ts'
import { webhook as webhookSchema } from '../spec/parts.ts'
import type { RequestDraft } from '../spec/schema.ts'
import { chooseWebhook, refuseImage } from './desired/choose.ts'
import { imageObjection } from './desired/image-name.ts'

type WebhookDraft = NonNullable<RequestDraft['webhook']>

/** A version with which csr works, for a request that does not say the cluster's: then only the image is judged. */
const anyMinorThatSigns = 21

/** Which webhook is installed, and whether it can work on this cluster. */
export function webhookFaults({ webhook = {}, cluster }: RequestDraft): Fault[] {
  if (webhook.mode !== 'install') return pointlessFields(webhook)
  const { image, namespace } = webhook
  const objection = image === undefined ? undefined : imageObjection(image)
  if (objection !== undefined) {
    return [faultAt(['webhook', 'image'], `${quoted(image)} ${objection}`), ...placeFaults(namespace)]
  }
  return [...placeFaults(namespace), ...choiceFaults(webhook, cluster?.spec?.controlPlane?.version)]
}

/** The prefix is reserved: https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/ */
function placeFaults(namespace: string | undefined): Fault[] {
  if (!namespace?.startsWith('kube-')) return []
  return [
    faultAt(
      ['webhook', 'namespace'],
      `${quoted(namespace)} is one of Kubernetes' own: use a namespace that is there for the webhook alone`,
    ),
  ]
}

/** What only an installation looks at. Defaults are fine: they are in every request's normal form. */
function pointlessFields(webhook: WebhookDraft): Fault[] {
  const defaults = webhookSchema.parse({})
  const fields = ['certificate', 'image', 'namespace', 'failurePolicy'] as const
  return fields
    .filter((field) => webhook[field] !== undefined && webhook[field] !== defaults[field])
    .map((field) =>
      faultAt(
        ['webhook', field],
        `makes no sense with webhook.mode ${quoted(webhook.mode)}, which installs nothing: leave it out, or use mode "install"`,
      ),
    )
}

/** An image may work on no such cluster; csr works on Kubernetes up to 1.21 and with images before v0.4.0 only. */
function choiceFaults(webhook: WebhookDraft, version: string | undefined): Fault[] {
  const minor = version === undefined ? anyMinorThatSigns : minorOf(version)
  const refused = webhook.image === undefined ? undefined : refuseImage(webhook.image, minor)
  if (refused) {
    const { reason, action } = refused
    return [faultAt(['webhook', 'image'], `${quoted(webhook.image)} cannot be used: ${reason}. ${action}`)]
  }
  const result = chooseWebhook(webhookSchema.parse(webhook), minor)
  if (!('refused' in result)) return []
  const { object, reason, action } = result.refused
  return [faultAt(['webhook', 'certificate'], `"csr" cannot work with ${object}, ${reason}: ${action}`)]
}
