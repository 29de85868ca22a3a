import type { ObjectOwner } from '../../clouds/kubernetes/object.ts'
import type { Explanation } from '../../errors/step-errors.ts'
import { isOurs, type LabelledMetadata } from '../../ownership/kubernetes.ts'
import type { Webhook } from '../../spec/parts.ts'
import { chooseWebhook } from '../desired/choose.ts'
import {
  type ExistingConfiguration,
  isSwitched,
  namespaceOf,
  realWebhook,
  serviceOf,
} from '../desired/configuration.ts'
import type { Installed, OwnWebhook } from '../desired/installed.ts'
import { candidateName, webhookName } from '../desired/names.ts'

/** The fields that are read of the existing Deployment. */
export interface ExistingDeployment {
  readonly spec?: {
    readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> }
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

const configurationName = `MutatingWebhookConfiguration ${webhookName}`
const documented = "the documented manifest's"

interface Refused {
  readonly refused: Explanation
}

/**
 * The configuration that sends pods to the webhook in use, and the webhook's namespace; or why the webhook cannot be
 * upgraded.
 *
 * @param requested the namespace that the request names, or the one where the record has the webhook
 */
export function upgradableIn<Configuration extends ExistingConfiguration>(
  configuration: Configuration | undefined,
  requested: string | undefined,
): { readonly namespace: string; readonly configuration: Configuration } | Refused {
  if (!configuration) {
    const reason = 'it is not there: the cluster has no webhook to upgrade'
    return refused(
      reason,
      `Send a setup with webhook.mode install; one of another name has to be removed by hand first`,
    )
  }
  const namespace = namespaceOf(configuration)
  const service = serviceOf(configuration)
  if (namespace === undefined || (service !== webhookName && service !== candidateName)) {
    return refused(`it calls ${service === undefined ? 'no Service' : `the Service ${service}`}`, otherNames)
  }
  const name = configuration.webhooks?.[0]?.name
  if (name !== realWebhook) return refused(`its webhook is called ${name} and not ${realWebhook}`, otherNames)
  if (requested === undefined || requested === namespace) return { namespace, configuration }
  return refused(`it calls the namespace ${namespace} and not ${requested}`, `Name the namespace ${namespace}, or none`)
}

const otherNames = `Only a webhook with ${documented} names can be taken over: remove it by hand, and send a setup with webhook.mode install`

function refused(reason: string, action: string): Refused {
  return { refused: { object: configurationName, reason, action } }
}

/** The webhook's Deployment, or why it cannot become ours. */
export function upgradableDeployment<Deployment extends ExistingDeployment>(
  deployment: Deployment | undefined,
  namespace: string,
): { readonly deployment: Deployment } | Refused {
  const object = `Deployment ${namespace}/${webhookName}`
  if (!deployment) {
    return {
      refused: { object, reason: `it is not there, although ${configurationName} calls it`, action: otherNames },
    }
  }
  const labels = deployment.spec?.selector?.matchLabels ?? {}
  if (labels.app === webhookName && Object.keys(labels).length === 1) return { deployment }
  const selector = Object.entries(labels).map(([key, value]) => `${key}=${value}`)
  const reason = `its selector is ${selector.join(',').slice(0, 200)} and not ${documented} app=${webhookName}, and no selector can be changed`
  return { refused: { object, reason, action: otherNames } }
}

/**
 * Whether the requested webhook needs a trial as a candidate. It needs none when it is already in use, or when pods are
 * already sent to the candidate. A webhook that was made by hand is never in use as requested, even with the same
 * image, because ours serves on another port.
 *
 * @param deployment what applying the requested Deployment would do to the existing one
 */
export function needsTrial(
  configuration: ExistingConfiguration & { readonly metadata?: LabelledMetadata },
  deployment: { readonly action: string },
  owner: ObjectOwner,
): boolean {
  if (isSwitched(configuration)) return false
  return !isOurs(configuration.metadata, owner) || deployment.action !== 'unchanged'
}

/**
 * The webhook to request for a return to the previous one, as the record or its Deployment has it. Undefined when it
 * cannot be installed any more, for example a webhook that requests its certificate on Kubernetes 1.22.
 */
export function previousWebhook(
  observed: { readonly configuration: ExistingConfiguration; readonly deployment: ExistingDeployment },
  recorded: Installed | undefined,
  { namespace, kubernetesMinor }: { readonly namespace: string; readonly kubernetesMinor: number },
): Webhook | undefined {
  const { image, mode } = recorded && 'image' in recorded ? recorded : choiceOf(observed.deployment)
  if (image === undefined) return undefined
  const failurePolicy = observed.configuration.webhooks?.[0]?.failurePolicy === 'Fail' ? 'Fail' : 'Ignore'
  const webhook = { mode: 'install', certificate: mode, image, namespace, failurePolicy } as const
  return 'choice' in chooseWebhook(webhook, kubernetesMinor) ? webhook : undefined
}

/** `--in-cluster` is true by default (main.go of the webhook). */
function choiceOf({ spec }: ExistingDeployment): {
  readonly image: string | undefined
  readonly mode: OwnWebhook['mode']
} {
  const [container] = spec?.template?.spec?.containers ?? []
  const isOwnCa = [container?.command, container?.args].some((given) => given?.includes('--in-cluster=false'))
  return { image: container?.image, mode: isOwnCa ? 'own-ca' : 'csr' }
}
