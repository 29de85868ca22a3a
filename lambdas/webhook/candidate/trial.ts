import type { ObjectOwner } from '../../clouds/kubernetes/object.ts'
import type { Explanation } from '../../errors/step-errors.ts'
import { isOurs, type LabelledMetadata } from '../../ownership/kubernetes.ts'
import type { Change } from '../../report/change.ts'
import type { Webhook } from '../../spec/setup-request.ts'
import { chooseWebhook } from '../desired/choose.ts'
import { type ExistingConfiguration, isSwitched, realWebhook, serviceOf } from '../desired/configuration.ts'
import { deploymentSettings, type InstalledWebhook, type OwnWebhook } from '../desired/installed.ts'
import { candidateName, webhookName } from '../desired/names.ts'
import { isOfCertificate } from '../observed/pending.ts'

/** The fields of the existing Deployment that this module reads. */
export interface ExistingDeployment {
  readonly spec?: {
    readonly template?: {
      readonly spec?: {
        readonly containers: readonly {
          readonly image?: string
          readonly command?: readonly string[]
          readonly args?: readonly string[]
        }[]
      }
    }
  }
}

/**
 * The reason not to adopt a manually created configuration. Undefined if it can be adopted. With other names than the
 * documented names, the API server would send pods to the old webhook and to ours.
 */
export function reasonNotToAdopt(configuration: ExistingConfiguration): Explanation | undefined {
  const service = serviceOf(configuration)
  const name = configuration.webhooks?.[0]?.name
  if (service !== webhookName && service !== candidateName) {
    return otherNames(`it calls ${service === undefined ? 'no Service' : `the Service ${service}`}`)
  }
  return name === realWebhook ? undefined : otherNames(`its webhook is called ${name} and not ${realWebhook}`)
}

function otherNames(reason: string): Explanation {
  return {
    object: `MutatingWebhookConfiguration ${webhookName}`,
    reason,
    action:
      "Remove it by hand, and send the request again: only a webhook with the documented manifest's names can be adopted",
  }
}

interface PlannedDeployment {
  readonly action: Change['action']
  /** Names of the fields that the requested Deployment changes. */
  readonly fields: readonly string[]
}

/**
 * Whether the requested webhook is tested as a candidate before the webhook in use changes. False if no webhook is in
 * use, if pods are already sent to a candidate, or if only the certificate changes. A manually created webhook always
 * differs from the requested one, even with the same image, because ours uses another port.
 *
 * @param deployment the effect of applying the requested Deployment to the existing one. Undefined if no plan exists,
 *   because the webhook's namespace does not exist yet
 */
export function needsTrial(
  configuration: (ExistingConfiguration & { readonly metadata?: LabelledMetadata }) | undefined,
  deployment: PlannedDeployment | undefined,
  owner: ObjectOwner,
): boolean {
  if (!configuration || !deployment || deployment.action === 'created' || isSwitched(configuration)) return false
  if (!isOurs(configuration.metadata, owner) || deployment.action === 'adopted') return true
  return deployment.fields.some((field) => !isOfCertificate(field))
}

/**
 * The webhook to request for a rollback, from the record or its Deployment. Undefined if it can no longer be installed,
 * for example a webhook that requests its certificate on Kubernetes 1.22.
 */
export function previousWebhook(
  observed: { readonly configuration: ExistingConfiguration; readonly deployment: ExistingDeployment },
  recorded: InstalledWebhook | undefined,
  { namespace, kubernetesMinor }: { readonly namespace: string; readonly kubernetesMinor: number },
): Webhook | undefined {
  const own = recorded && 'image' in recorded ? recorded : { namespace, ...choiceOf(observed.deployment) }
  if (own.image === undefined) return undefined
  const failurePolicy = observed.configuration.webhooks?.[0]?.failurePolicy === 'Fail' ? 'Fail' : 'Ignore'
  const webhook = { ...deploymentSettings.parse(own), mode: 'install', certificate: own.mode, failurePolicy } as const
  return 'choice' in chooseWebhook(webhook, kubernetesMinor) ? webhook : undefined
}

/** `--in-cluster` is true by default (main.go of the webhook), so a container without `--in-cluster=false` uses csr. */
function choiceOf({ spec }: ExistingDeployment): {
  readonly image: string | undefined
  readonly mode: OwnWebhook['mode']
} {
  const [container] = spec?.template?.spec?.containers ?? []
  const isOwnCa = [container?.command, container?.args].some((given) => given?.includes('--in-cluster=false'))
  return { image: container?.image, mode: isOwnCa ? 'own-ca' : 'csr' }
}
