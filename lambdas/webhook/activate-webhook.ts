import type { ClusterClient } from '../clouds/kubernetes/cluster-client.ts'
import { displayName, type Manifest, type ObjectRef, refOf } from '../clouds/kubernetes/object.ts'
import { allDone } from '../errors/attempts.ts'
import { type Explanation, Unsupported } from '../errors/step-errors.ts'
import { applyFresh, planOf } from '../objects/apply.ts'
import { compare } from '../objects/compare.ts'
import { connectToCluster } from '../objects/connect.ts'
import { credentialsAhead } from '../objects/credentials-ahead.ts'
import { createdByUs, removeCreated } from '../objects/remove-owned.ts'
import { recordActivated } from '../operations/record/cluster-record.ts'
import type { Change } from '../report/change.ts'
import type { StepResult, StepRun } from '../steps/contract.ts'
import { factsOf } from '../steps/facts-of.ts'
import { step } from '../steps/step.ts'
import { description } from './activate-webhook.step.ts'
import { reasonAgainstEks } from './desired/choose.ts'
import { canaryConfigurationRef, realConfiguration } from './desired/configuration.ts'
import type { OwnWebhook } from './desired/installed.ts'
import { canaryName } from './desired/names.ts'
import { reasonAgainstFail } from './desired/selectors.ts'
import { plannedCanary } from './observed/in-use.ts'
import { withoutCertificateValues } from './observed/pending.ts'
import { authoritiesOf } from './observed/webhook.ts'

/**
 * Sends the cluster's pods to the webhook after CheckWebhook, and removes the canary. Does nothing in the modes
 * `managed` and `none`. If adoption is allowed, DeployWebhook has already adopted a manually created configuration.
 *
 * @throws {OwnershipConflict} when a configuration was created manually and not adopted
 * @throws {Unsupported} on EKS, and when failurePolicy Fail would apply to kube-system
 */
export const run: StepRun<typeof description> = async ({ target, installed, failurePolicy, adopt }, context) => {
  const { cluster: clusterName, signal, dryRun, status } = context
  if (!('image' in installed)) return { output: {}, changes: [] }
  refuse(reasonAgainstEks(factsOf(context).issuerUrl))
  const cluster = await connectToCluster(target, signal)
  const { namespace } = installed
  const [authorities] = await Promise.all([
    installed.pending?.newAuthority ?? authoritiesOf(cluster, installed),
    requireExempt(cluster, failurePolicy),
  ])
  const configuration = realConfiguration({ namespace, authorities }, failurePolicy)
  if (dryRun) return report(cluster, installed, { configuration, adopt })
  // The webhook is recorded before the write, because nothing renews the certificate of an unrecorded webhook.
  const [plan, canary] = await allDone([
    planOf(cluster, configuration, { adopt }),
    allDone(canaryRefs(namespace).map(async (ref) => ({ ref, created: await createdByUs(cluster, ref) }))),
    recordActivated(clusterName, installed, status),
  ])
  const activated = await applyFresh(cluster, configuration, { adopt, plan })
  const removed = await allDone(canary.map(({ ref, created }) => removeCreated(cluster, ref, created)))
  return { output: {}, changes: [activated, ...removed.flat()] }
}

export const handler = step(description, run, (input, signal) =>
  'image' in input.installed ? credentialsAhead(input, signal) : undefined,
)

function canaryRefs(namespace: string): readonly ObjectRef[] {
  return [canaryConfigurationRef, { apiVersion: 'v1', kind: 'ServiceAccount', name: canaryName, namespace }]
}

interface Desired {
  readonly configuration: Manifest
  readonly adopt: boolean
}

async function report(cluster: ClusterClient, webhook: OwnWebhook, desired: Desired): Promise<StepResult> {
  const [activated, cause] = await Promise.all([
    planActivation(cluster, webhook, desired),
    plannedCanary(cluster, webhook),
  ])
  const removed = await Promise.all(
    canaryRefs(webhook.namespace).map(async (ref) => {
      const existsAlready = (await createdByUs(cluster, ref)) !== undefined
      const change = { object: displayName(ref), action: 'deleted' } as const
      if (existsAlready) return [change]
      return cause === undefined ? [] : [{ ...change, temporary: true as const }]
    }),
  )
  return { output: {}, changes: [activated, ...removed.flat()] }
}

/** The planned change of the configuration. For an adoption, the dry run of DeployWebhook reports the differences. */
async function planActivation(
  cluster: ClusterClient,
  { pending }: OwnWebhook,
  { configuration, adopt }: Desired,
): Promise<Change> {
  if (pending?.adoption === undefined) {
    const change = await compare(cluster, configuration, { adopt })
    return pending?.newAuthority === undefined ? change : withoutCertificateValues(change)
  }
  const object = displayName(refOf(configuration))
  if (pending.adoption === 'final') return { object, action: 'unchanged' }
  return { object, action: 'updated', detail: 'after the adoption of the configuration and a test of the webhook' }
}

function refuse(explanation: Explanation | undefined): void {
  if (explanation) throw new Unsupported(explanation)
}

async function requireExempt(cluster: ClusterClient, failurePolicy: 'Ignore' | 'Fail'): Promise<void> {
  if (failurePolicy === 'Ignore') return
  const system = await cluster.get({ apiVersion: 'v1', kind: 'Namespace', name: 'kube-system' })
  refuse(reasonAgainstFail(system?.metadata?.labels))
}
