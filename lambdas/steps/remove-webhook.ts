import * as z from 'zod/mini'
import type { ClusterClient } from '../clouds/kubernetes/cluster-client.ts'
import { connectToOwnCluster } from '../clouds/kubernetes/connect-own.ts'
import { lookingAgain, releaseObject, removeNamespace, removeObject } from '../clouds/kubernetes/remove.ts'
import { displayName, type ObjectRef } from '../domain/kubernetes/object.ts'
import { type Standing, standingOf } from '../domain/kubernetes/removal.ts'
import { attemptAll } from '../domain/left.ts'
import type { RecordedError } from '../domain/record.ts'
import { realConfigurationRef } from '../domain/webhook/configuration.ts'
import { requestedSecretName } from '../domain/webhook/names.ts'
import {
  configurationRefs,
  deploymentRef,
  isOfWebhook,
  partsOf,
  requestsOf,
  staysWhole,
} from '../domain/webhook/removal.ts'
import { step } from '../middleware/step.ts'
import type { Change, StepResult, StepRun } from '../middleware/step-contract.ts'

export const input = z.object({
  target: z.object({ name: z.string(), credentialsSecretArn: z.string(), proxyUrl: z.optional(z.string()) }),
  issuerUrl: z.optional(z.string()),
  namespace: z.string(),
  /** Whether it has had its certificate from the cluster, as far as the record knows. */
  asked: z.boolean(),
  /** Only the configurations go in the first look, after which API servers may go on for some seconds. */
  first: z.boolean(),
})

type Input = z.output<typeof input>
interface Output {
  readonly left: readonly RecordedError[]
}

/** The webhook's cluster, and what a step may do there. */
interface Site {
  readonly cluster: ClusterClient
  readonly namespace: string
  readonly dryRun: boolean
}

/**
 * Removes the webhook, one look at a time: its configurations first, and when no pods are sent to it any more its Deployment
 * and all that belongs to it, the certificate requests of its account, and its namespace, if we made that and it is empty.
 * One that somebody else made, and we adopted, loses our marks, and stays with all that it needs.
 */
export const run: StepRun<Input, Output> = async (request, { dryRun, signal }) => {
  const { namespace, first } = request
  const cluster = await connectToOwnCluster(request.target, request.issuerUrl, signal)
  const site = { cluster, namespace, dryRun }
  const [configuration, deployment] = await Promise.all(
    [realConfigurationRef, deploymentRef(namespace)].map((ref) => standingNow(cluster, ref)),
  )
  if (staysWhole(configuration, deployment)) return release(site)
  const { done, left } = await attemptAll(configurationRefs.map((ref) => removeObject(cluster, ref, dryRun)))
  const changes = done.flat()
  // Without the webhook the pods that are still sent to it would start without their role, or not at all.
  if (left.length > 0) return { output: { left }, changes }
  if (first && deployment && !dryRun) return { waiting: { reason: stillAdmitting }, changes }
  return removeParts(site, { asked: request.asked, changes })
}

export const handler = step({ state: 'RemoveWebhook', input, run })

const stillAdmitting = 'its configuration is gone, and API servers may go on sending pods to it for some seconds'

async function standingNow(cluster: ClusterClient, ref: ObjectRef): Promise<Standing | undefined> {
  const live = await cluster.get(ref)
  return live && standingOf(live.metadata)
}

async function removeParts(
  site: Site,
  { asked, changes }: { readonly asked: boolean; readonly changes: readonly Change[] },
): Promise<StepResult<Output>> {
  const { cluster, namespace, dryRun } = site
  const refs = partsOf(namespace, await budgetsOf(cluster))
  const { done, left } = await attemptAll([
    ...refs.map((ref) => removeObject(cluster, ref, dryRun)),
    removeRequestedSecret(site),
    ...(asked ? [removeRequests(site)] : []),
  ])
  const made = [...changes, ...done.flat()]
  const going = [...refs.map(({ kind, name }) => `${kind} ${name}`), `Secret ${requestedSecretName}`]
  const removal = await attemptAll([removeNamespace(cluster, namespace, { dryRun, going })])
  const all = [...made, ...removal.done.flatMap((one) => one.changes)]
  const leaving = removal.done.flatMap((one) => one.leaving)
  if (leaving.length > 0 && left.length === 0) return { waiting: { reason: waitingFor(leaving) }, changes: all }
  return { output: { left: [...left, ...removal.left] }, changes: all }
}

function waitingFor(leaving: readonly string[]): string {
  return `it is being deleted, and not all of it is gone yet: ${leaving.slice(0, 5).join(', ')}`
}

async function budgetsOf(cluster: ClusterClient): Promise<string> {
  return (await cluster.serves('policy/v1', 'PodDisruptionBudget')) ? 'policy/v1' : 'policy/v1beta1'
}

/** The webhook itself has made it, and marks nothing: it is known by what it holds. */
async function removeRequestedSecret({ cluster, namespace, dryRun }: Site): Promise<Change[]> {
  const ref = { apiVersion: 'v1', kind: 'Secret', name: requestedSecretName, namespace } as const
  return lookingAgain(async () => {
    const live = await cluster.get(ref)
    if (!live || !isOfWebhook(live.data, namespace)) return []
    await cluster.delete(ref, live, { dryRun })
    return [{ object: displayName(ref), action: 'deleted' }]
  })
}

/** Only the API server says who has made a request: it cannot be anybody else's. */
async function removeRequests({ cluster, namespace, dryRun }: Site): Promise<Change[]> {
  const type = { apiVersion: 'certificates.k8s.io/v1', kind: 'CertificateSigningRequest' } as const
  const names = requestsOf(await cluster.list(type), namespace)
  return Promise.all(
    names.map(async (name): Promise<Change> => {
      await cluster.delete({ ...type, name }, undefined, { dryRun })
      return { object: displayName({ ...type, name }), action: 'deleted' }
    }),
  )
}

/** Of a webhook that stays nothing is ours any more. */
async function release({ cluster, namespace, dryRun }: Site): Promise<StepResult<Output>> {
  const namespaceRef = { apiVersion: 'v1', kind: 'Namespace', name: namespace }
  const refs = [...partsOf(namespace, await budgetsOf(cluster)), ...configurationRefs, namespaceRef]
  const { done, left } = await attemptAll(refs.map((ref) => releaseIfMarked(cluster, ref, dryRun)))
  return { output: { left }, changes: done.flat() }
}

function releaseIfMarked(cluster: ClusterClient, ref: ObjectRef, dryRun: boolean): Promise<Change[]> {
  return lookingAgain(async () => {
    const live = await cluster.get(ref)
    if (!live || standingOf(live.metadata) === 'theirs') return []
    return [await releaseObject(cluster, ref, live, { dryRun })]
  })
}
