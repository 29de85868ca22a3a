import type { ClusterClient } from '../clouds/kubernetes/cluster-client.ts'
import { displayName, type ObjectRef } from '../clouds/kubernetes/object.ts'
import { attemptAll } from '../errors/attempts.ts'
import type { RecordedError } from '../errors/recorded.ts'
import { connectForRemoval } from '../objects/connect.ts'
import { releaseObject, removeNamespace, removeObject, withConflictRetries } from '../objects/remove.ts'
import { expectedClusterToRemove } from '../operations/record/own-cluster.ts'
import { objectOwnershipOf } from '../ownership/kubernetes-removal.ts'
import type { Change } from '../report/change.ts'
import type { StepResult, StepRun } from '../steps/contract.ts'
import { step } from '../steps/step.ts'
import { deleteRequests, requestType } from './certificate/delete-requests.ts'
import { namespaceOf, realConfigurationRef } from './desired/configuration.ts'
import { signedSecretName } from './desired/names.ts'
import {
  configurationRefs,
  deploymentRef,
  isOfWebhook,
  type ObservedConfiguration,
  type ObservedDeployment,
  partsIn,
  requestsOf,
  sharedRefs,
  stayingOf,
} from './removal.ts'
import { description } from './remove-webhook.step.ts'

interface Output {
  readonly remaining: readonly RecordedError[]
}

interface RemovalContext {
  readonly cluster: ClusterClient
  readonly dryRun: boolean
}

/** The namespaces whose webhook is retained or removed, and whether the cluster-scoped objects are retained. */
interface Removal {
  readonly staying: readonly string[]
  readonly toRemove: readonly string[]
  readonly sharedStays: boolean
  readonly mayHaveRequests: boolean
}

/**
 * Removes the webhook. The state machine polls this step. The configurations are removed first. Once no pods are sent
 * to the webhook, its Deployment, the dependent objects and the certificate requests of its service account are
 * removed. A namespace is removed if a setup created it and it is empty. An adopted webhook loses our ownership labels,
 * and is retained with everything that it needs.
 */
export const run: StepRun<typeof description> = async (request, { dryRun, signal, status }) => {
  const { namespaces, mayHaveRequests, first } = request
  const cluster = await connectForRemoval(request.target, expectedClusterToRemove(status), signal)
  const context = { cluster, dryRun }
  const [configuration, ...deployments] = await Promise.all([
    configurationNow(cluster),
    ...namespaces.map((namespace) => deploymentNow(cluster, namespace)),
  ])
  const stays = stayingOf(configuration, deployments)
  const removeOrReleaseConfiguration = stays.configurations ? releaseIfOwned : removeOurs
  const configurations = await attemptAll(configurationRefs.map((ref) => removeOrReleaseConfiguration(context, ref)))
  const changes = configurations.done.flat()
  // With a remaining configuration but no webhook, pods would start without their role, or not at all.
  if (configurations.remaining.length > 0) return { output: { remaining: configurations.remaining }, changes }
  const toRemove = namespaces.filter((namespace) => !stays.namespaces.includes(namespace))
  const hasOwnDeployment = deployments.some(({ namespace, ownership }) => ownership && toRemove.includes(namespace))
  if (first && hasOwnDeployment && !stays.configurations && !dryRun) {
    return { waiting: { reason: stillAdmitting }, changes }
  }
  const removal = { staying: stays.namespaces, toRemove, sharedStays: stays.shared, mayHaveRequests }
  return removeAndRelease(context, removal, changes)
}

export const handler = step(description, run)

const stillAdmitting =
  'the webhook configuration is deleted, but API servers may send pods to the webhook for some seconds'

async function configurationNow(cluster: ClusterClient): Promise<ObservedConfiguration | undefined> {
  const live = await cluster.get(realConfigurationRef)
  return live && { ownership: objectOwnershipOf(live.metadata, cluster.owner), namespace: namespaceOf(live) }
}

async function deploymentNow(cluster: ClusterClient, namespace: string): Promise<ObservedDeployment> {
  const live = await cluster.get(deploymentRef(namespace))
  return { namespace, ownership: live && objectOwnershipOf(live.metadata, cluster.owner) }
}

async function removeAndRelease(
  context: RemovalContext,
  removal: Removal,
  before: readonly Change[],
): Promise<StepResult<Output>> {
  const { cluster, dryRun } = context
  const { staying, toRemove, sharedStays, mayHaveRequests } = removal
  const budgetVersion = await budgetVersionOf(cluster)
  const removeOrReleaseShared = sharedStays ? releaseIfOwned : removeOurs
  const { done, remaining } = await attemptAll([
    ...staying
      .flatMap((name) => [...partsIn(name, budgetVersion), namespaceRef(name)])
      .map((ref) => releaseIfOwned(context, ref)),
    ...sharedRefs.map((ref) => removeOrReleaseShared(context, ref)),
    ...toRemove.flatMap((name) => partsIn(name, budgetVersion)).map((ref) => removeOurs(context, ref)),
    ...toRemove.map((name) => removeRequestedSecret(context, name)),
    ...(mayHaveRequests && toRemove.length > 0 ? [removeRequests(context, toRemove)] : []),
  ])
  const emptied = await attemptAll(
    toRemove.map((name) => {
      const own = partsIn(name, budgetVersion).map((ref) => `${ref.kind} ${ref.name}`)
      return removeNamespace(cluster, name, {
        dryRun,
        deletedContents: () => [...own, `Secret ${signedSecretName}`],
      })
    }),
  )
  const changes = [...before, ...done.flat(), ...emptied.done.flatMap((one) => one.changes)]
  const leaving = emptied.done.flatMap((one) => one.leaving)
  if (leaving.length > 0 && remaining.length === 0) return { waiting: { reason: waitingFor(leaving) }, changes }
  return { output: { remaining: [...remaining, ...emptied.remaining] }, changes }
}

function waitingFor(leaving: readonly string[]): string {
  return `these objects are still being deleted: ${leaving.slice(0, 5).join(', ')}`
}

async function budgetVersionOf(cluster: ClusterClient): Promise<string> {
  return (await cluster.serves('policy/v1', 'PodDisruptionBudget')) ? 'policy/v1' : 'policy/v1beta1'
}

function namespaceRef(name: string): ObjectRef {
  return { apiVersion: 'v1', kind: 'Namespace', name }
}

function removeOurs({ cluster, dryRun }: RemovalContext, ref: ObjectRef): Promise<Change[]> {
  return removeObject(cluster, ref, dryRun)
}

/** The webhook itself creates this Secret, without ownership labels. So the content of the Secret identifies it. */
async function removeRequestedSecret({ cluster, dryRun }: RemovalContext, namespace: string): Promise<Change[]> {
  const ref = { apiVersion: 'v1', kind: 'Secret', name: signedSecretName, namespace } as const
  return withConflictRetries(async () => {
    const live = await cluster.get(ref)
    if (!live || !isOfWebhook(live.data, namespace)) return []
    await cluster.delete(ref, live, { dryRun })
    return [{ object: displayName(ref), action: 'deleted' }]
  })
}

/**
 * Deletes the CertificateSigningRequests of the account of the webhook. The API server sets `spec.username`, so nobody
 * else can have created them.
 */
async function removeRequests({ cluster, dryRun }: RemovalContext, namespaces: readonly string[]): Promise<Change[]> {
  const requests = await cluster.list(requestType)
  const names = namespaces.flatMap((namespace) => requestsOf(requests, namespace))
  return deleteRequests(cluster, names, { dryRun })
}

/** Removes our ownership labels from an object of a retained webhook. */
function releaseIfOwned({ cluster, dryRun }: RemovalContext, ref: ObjectRef): Promise<Change[]> {
  return withConflictRetries(async () => {
    const live = await cluster.get(ref)
    if (!live || objectOwnershipOf(live.metadata, cluster.owner) === 'theirs') return []
    return [await releaseObject(cluster, ref, live, { dryRun })]
  })
}
