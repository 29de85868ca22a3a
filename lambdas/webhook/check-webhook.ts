import type { ClusterClient } from '../clouds/kubernetes/cluster-client.ts'
import { allDone } from '../errors/attempts.ts'
import { apply } from '../objects/apply.ts'
import { connectToCluster } from '../objects/connect.ts'
import { credentialsAhead } from '../objects/credentials-ahead.ts'
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
import { mutatesPodOfOldestAccount, plannedCanary } from './observed/in-use.ts'
import { withoutCertificateValues } from './observed/pending.ts'
import { authoritiesOf, rolloutWaiting } from './observed/webhook.ts'

/**
 * Waits until all pods of the webhook are available, the API server reaches and trusts the webhook, and the webhook
 * mutates a test pod. More test pods would show nothing more: the API server reuses one connection, so that all of them
 * would reach the same replica. The readiness probe (desired/manifest.ts) covers the other replicas. For a webhook in
 * use, the test pod has a service account with a role, and nothing is written. Otherwise, or if the webhook does not
 * mutate this pod, the step uses the canary, which ActivateWebhook removes. All test pods are created in dry runs only.
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
  if (isActive && (await mutatesPodOfOldestAccount(cluster, installed))) return { output: {}, changes: [] }
  return tryCanary(cluster, installed, { authorities, rollout })
}

export const handler = step(description, run, (input, signal) =>
  'image' in input.installed ? credentialsAhead(input, signal) : undefined,
)

/** Returns the result of a dry run: the canary that a setup would use, and why an existing webhook does not work. */
async function plan(cluster: ClusterClient, webhook: OwnWebhook): Promise<StepResult> {
  const [cause, rollout] = await Promise.all([
    plannedCanary(cluster, webhook),
    webhook.pending ? undefined : rolloutWaiting(cluster, webhook),
  ])
  const changes = cause === undefined ? [] : await plannedChanges(cluster, webhook)
  if (rollout) return { waiting: rollout, changes }
  if (cause !== 'not mutating') return { output: {}, changes }
  return { waiting: { reason: 'the webhook runs, but pods of accounts with a role are not mutated' }, changes }
}

async function plannedChanges(cluster: ClusterClient, webhook: OwnWebhook): Promise<readonly Change[]> {
  const { namespace } = webhook
  const [own, authorities] = await Promise.all([
    cluster.get({ apiVersion: 'v1', kind: 'Namespace', name: namespace }),
    webhook.pending?.newAuthority ?? authoritiesOf(cluster, webhook),
  ])
  const canary = [canaryAccount(namespace), canaryConfiguration({ namespace, authorities })]
  const changes = await compareStages(cluster, [canary], { adopt: false, hasNamespace: own !== undefined })
  const detail = 'exists only during the test of the webhook'
  return changes.map((change) => withoutCertificateValues({ ...change, detail, temporary: true as const }))
}

/** Applies the canary while the webhook's pods still start, so that they know its account once they are ready. */
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
