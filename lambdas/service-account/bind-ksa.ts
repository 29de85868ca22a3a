import type * as z from 'zod/mini'
import type { ClusterClient } from '../clouds/kubernetes/cluster-client.ts'
import { displayName, refOf } from '../clouds/kubernetes/object.ts'
import { FieldConflict } from '../errors/step-errors.ts'
import { apply } from '../objects/apply.ts'
import { compare, created } from '../objects/compare.ts'
import { connectToCluster, objectOwner } from '../objects/connect.ts'
import { credentialsAhead } from '../objects/credentials-ahead.ts'
import { fingerprintOf, isAsApplied } from '../objects/fingerprint.ts'
import type { Change } from '../report/change.ts'
import type { StepRun } from '../steps/contract.ts'
import { kubernetesMinorOf } from '../steps/facts-of.ts'
import { step } from '../steps/step.ts'
import { chooseWebhook, readsRegionalAnnotation } from '../webhook/desired/choose.ts'
import { description } from './bind-ksa.step.ts'
import { type AccountBinding, boundServiceAccount, roleConflict } from './service-account.ts'

type Input = z.output<typeof description.input>

/** Creates a missing namespace, and applies the workload's service account with the role's annotation. */
export const run: StepRun<typeof description> = async (request, context) => {
  const { signal, dryRun } = context
  const binding = bindingOf(request, kubernetesMinorOf(context))
  if (dryRun) return { output: {}, changes: await plan(request, binding, signal) }
  const cluster = await connectToCluster(request.target, signal)
  const namespace = await ensureNamespace(cluster, request.workload.namespace)
  const account = await bind(cluster, binding, request.adopt)
  return { output: {}, changes: [...namespace, account] }
}

/** An account with a fingerprint is usually unchanged, and then needs no credentials. */
export const handler = step(description, run, (request, signal) =>
  request.seen ? undefined : credentialsAhead(request, signal),
)

const namespaceType = { apiVersion: 'v1', kind: 'Namespace' } as const

/** An existing namespace does not change, whoever created it. */
async function ensureNamespace(cluster: ClusterClient, name: string): Promise<Change[]> {
  if (await cluster.get({ ...namespaceType, name })) return []
  // Workloads of one namespace are bound in parallel. Apply succeeds whichever of them creates the namespace first.
  return [await apply(cluster, { ...namespaceType, metadata: { name } }, { adopt: false })]
}

/** Returns the changes of a dry run. An account that has our applied fields needs no dry run on the server. */
async function plan({ target, seen, adopt }: Input, binding: AccountBinding, signal: AbortSignal): Promise<Change[]> {
  const account = boundServiceAccount(binding)
  const unchanged: Change[] = [{ object: displayName(refOf(account)), action: 'unchanged' }]
  if (isAsApplied(seen, account, objectOwner(target.name))) return unchanged
  const cluster = await connectToCluster(target, signal)
  const live = await cluster.read(refOf(account))
  if (!live) return planMissing(cluster, binding, adopt)
  if (isAsApplied(fingerprintOf(account, live), account, cluster.owner)) return unchanged
  return [await planChanged(cluster, binding, adopt)]
}

/** The server rejects dry runs in a missing namespace, so that namespace and account are then reported as created. */
async function planMissing(cluster: ClusterClient, binding: AccountBinding, adopt: boolean): Promise<Change[]> {
  const { namespace } = binding
  if (await cluster.get({ ...namespaceType, name: namespace })) return [await planChanged(cluster, binding, adopt)]
  return [
    { object: displayName({ kind: 'Namespace', name: namespace }), action: 'created' },
    created(boundServiceAccount(binding), cluster.owner),
  ]
}

async function planChanged(cluster: ClusterClient, binding: AccountBinding, adopt: boolean): Promise<Change> {
  const account = boundServiceAccount(binding)
  const change = await compare(cluster, account, { adopt })
  if (change.refused?.name !== 'FieldConflict') return change
  const conflict = roleConflict(await cluster.get(refOf(account)), binding)
  if (!conflict) return change
  const { name, object, reason, action } = conflict
  return { ...change, refused: { name, object, reason, action } }
}

function bindingOf({ workload, roleArn, webhook }: Input, kubernetesMinor: number): AccountBinding {
  const webhookResult = chooseWebhook(webhook, kubernetesMinor)
  return {
    namespace: workload.namespace,
    name: workload.serviceAccount,
    roleArn,
    // If the choice of the webhook is rejected, DeployWebhook reports it.
    regionalSts: 'choice' in webhookResult && readsRegionalAnnotation(webhookResult.choice),
  }
}

async function bind(cluster: ClusterClient, binding: AccountBinding, adopt: boolean): Promise<Change> {
  const manifest = boundServiceAccount(binding)
  try {
    return await apply(cluster, manifest, { adopt })
  } catch (error) {
    if (!(error instanceof FieldConflict)) throw error
    throw roleConflict(await cluster.get(refOf(manifest)), binding) ?? error
  }
}
