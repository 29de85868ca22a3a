import type { ClusterClient } from '../clouds/kubernetes/cluster-client.ts'
import { allDone } from '../errors/attempts.ts'
import { apply } from '../objects/apply.ts'
import { connectToCluster, credentialsAhead } from '../objects/connect.ts'
import { compareStages } from '../objects/stages.ts'
import { isOurs } from '../ownership/kubernetes.ts'
import type { Change } from '../report/change.ts'
import type { Waiting } from '../report/waiting.ts'
import type { StepResult, StepRun } from '../steps/contract.ts'
import { step } from '../steps/step.ts'
import { description } from './check-webhook.step.ts'
import { canaryAccount } from './desired/canary.ts'
import { canaryConfiguration, realConfigurationRef, trustsExactly } from './desired/configuration.ts'
import type { OwnWebhook } from './desired/installed.ts'
import { reasonNotMutated } from './observed/canary.ts'
import { mutatesItsPods, plannedCanary } from './observed/in-use.ts'
import { withoutMade } from './observed/pending.ts'
import { authoritiesOf, rolloutWaiting } from './observed/webhook.ts'

/**
 * Done when all pods of the webhook are available, and the API server reaches the webhook, trusts it and gets a pod
 * mutated. One pod is enough: the API server sends all to one replica over an open connection, and the others are available only
 * when they serve, too (the readiness probe in desired/manifest.ts). A webhook that is already in use is checked with a pod of an account that it serves, and nothing is written.
 * Otherwise the check uses the canary, which ActivateWebhook removes. All pods are dry runs.
 */
export const run: StepRun<typeof description> = async ({ target, installed }, { signal, dryRun }) => {
  if (!('image' in installed)) return { output: {}, changes: [] }
  const cluster = await connectToCluster(target, signal)
  if (dryRun) return plan(cluster, installed)
  const [authorities, configuration, rollout] = await Promise.all([
    authoritiesOf(cluster, installed),
    cluster.get(realConfigurationRef),
    rolloutWaiting(cluster, installed),
  ])
  const isActive =
    configuration && isOurs(configuration.metadata, cluster.owner) && trustsExactly(configuration, authorities)
  if (isActive && rollout) return { waiting: rollout }
  if (isActive && (await mutatesItsPods(cluster, installed))) return { output: {}, changes: [] }
  return tryCanary(cluster, installed, { authorities, rollout })
}

export const handler = step(description, run, (input, signal) =>
  'image' in input.installed ? credentialsAhead(input, signal) : undefined,
)

/** The dry run: the canary with which a setup would try the webhook out, or why the webhook does not work as it is. */
async function plan(cluster: ClusterClient, webhook: OwnWebhook): Promise<StepResult> {
  const [cause, rollout] = await Promise.all([
    plannedCanary(cluster, webhook),
    webhook.pending ? undefined : rolloutWaiting(cluster, webhook),
  ])
  const changes = cause === undefined ? [] : await plannedChanges(cluster, webhook)
  if (rollout) return { waiting: rollout, changes }
  if (cause !== 'not mutating') return { output: {}, changes }
  return { waiting: { reason: 'the webhook runs, and pods of accounts with a role come out un-mutated' }, changes }
}

async function plannedChanges(cluster: ClusterClient, webhook: OwnWebhook): Promise<readonly Change[]> {
  const { namespace } = webhook
  const [own, authorities] = await Promise.all([
    cluster.get({ apiVersion: 'v1', kind: 'Namespace', name: namespace }),
    webhook.pending?.newAuthority ?? authoritiesOf(cluster, webhook),
  ])
  const canary = [canaryAccount(namespace), canaryConfiguration({ namespace, authorities })]
  const changes = await compareStages(cluster, [canary], { adopt: false, hasNamespace: own !== undefined })
  const detail = 'only while the webhook is tried out'
  return changes.map((change) => withoutMade({ ...change, detail, temporary: true as const }))
}

/**
 * Applies the canary while the pods still start. By the time they are ready, the API server and the webhook know it.
 */
async function tryCanary(
  cluster: ClusterClient,
  webhook: OwnWebhook,
  { authorities, rollout }: { readonly authorities: string; readonly rollout: Waiting | undefined },
): Promise<StepResult> {
  const { namespace } = webhook
  const changes: readonly Change[] = await allDone([
    apply(cluster, canaryAccount(namespace), { adopt: false }),
    apply(cluster, canaryConfiguration({ namespace, authorities }), { adopt: false }),
  ])
  if (rollout) return { waiting: rollout, changes }
  const reason = await reasonNotMutated(cluster, namespace, 'real')
  return reason === undefined ? { output: {}, changes } : { waiting: { reason }, changes }
}
