/** The request of a webhook upgrade, and the input of its workflow. */
import * as z from 'zod/mini'
import type { ClusterItem } from '../../operations/record.ts'
import { described, textOf } from '../../spec/format.ts'
import { issueAt, type ValidationIssue } from '../../spec/issue.ts'
import { dnsLabel } from '../../spec/names.ts'
import type { Webhook } from '../../spec/parts.ts'
import { installed as installedSchema } from '../../webhook/desired/installed.ts'
import { webhookIssues } from '../../webhook/rules.ts'

export const upgradeBody = z.strictObject({
  image: z.exactOptional(described('Image to upgrade to, with tag or digest; as last asked when left out', z.string())),
  certificate: z.exactOptional(
    described('Where the certificate is to be from; as last asked when left out', z.enum(['auto', 'own-ca', 'csr'])),
  ),
  failurePolicy: z.exactOptional(
    described(
      'What becomes of a new pod while the webhook is away; as last asked when left out',
      z.enum(['Ignore', 'Fail']),
    ),
  ),
  namespace: z.exactOptional(
    textOf(dnsLabel, 'Namespace of a webhook that is taken over; read from the cluster when left out'),
  ),
  adopt: z._default(
    described('Take over a webhook that somebody installed by hand from the documented manifest', z.boolean()),
    false,
  ),
  restart: z._default(
    described(
      'Restart the controllers of pods that run without their role; they are only listed without it',
      z.boolean(),
    ),
    false,
  ),
  dryRun: z._default(described('Change nothing, and report what would be changed', z.boolean()), false),
})

export type UpgradeBody = z.output<typeof upgradeBody>

/**
 * The requested webhook. Without a namespace, the upgrade takes the one that the configuration in the cluster names.
 */
type DesiredWebhook = Omit<Webhook, 'namespace'> & { readonly namespace?: string }

export type MadeUpgrade =
  | { readonly request: Readonly<Record<string, unknown>> }
  | { readonly refused: string }
  | { readonly issues: readonly ValidationIssue[] }

/**
 * The input of the workflow `upgrade-webhook`: the webhook that was last requested, with the fields that this body
 * changes. Gives back the reason of a refusal when we have not installed the webhook of the cluster and the body does
 * not adopt it. Gives back all validation issues of an invalid body.
 */
export function upgradeRequest(recorded: ClusterItem, body: UpgradeBody): MadeUpgrade {
  const { spec, status } = recorded
  const { cluster, discovery, webhook: last } = spec
  const { adopt, restart, dryRun, ...changes } = body
  const installed = status.webhook && installedSchema.parse(status.webhook)
  const own = installed && 'image' in installed ? installed : undefined
  if (last.mode !== 'install' && !adopt) return { refused: refusalOf(recorded.cluster, last.mode) }
  const namespace = body.namespace ?? own?.namespace ?? (adopt ? undefined : last.namespace)
  const webhook = desired(last, changes, namespace)
  const issues = issuesOf(webhook, status.cluster?.kubernetesVersion)
  if (issues.length > 0) return { issues }
  const { spec: _, nodePools: __, ...reached } = cluster
  return {
    request: {
      cluster: reached,
      ...(discovery && { discovery }),
      webhook,
      ...(own && { installed: own }),
      adopt,
      restart,
      dryRun,
    },
  }
}

function refusalOf(cluster: string, mode: string): string {
  return `The webhook of ${cluster} is not ours to change: it was set up with webhook.mode ${mode}. Set adopt: true to take over one that was installed by hand from the documented manifest`
}

function desired(
  { namespace: _, ...last }: Webhook,
  changes: Partial<Webhook>,
  namespace: string | undefined,
): DesiredWebhook {
  const { namespace: __, ...changed } = changes
  return { ...last, ...changed, mode: 'install', ...(namespace !== undefined && { namespace }) }
}

/**
 * The validation issues of the webhook, by the rules for a setup. The paths of these rules start with `webhook`. The
 * paths of the body of an upgrade do not.
 */
function issuesOf(webhook: DesiredWebhook, version: string | undefined): ValidationIssue[] {
  const cluster = { spec: { controlPlane: { version } } }
  return webhookIssues({ webhook, cluster }).map(({ path, message }) => issueAt(path.split('.').slice(1), message))
}
