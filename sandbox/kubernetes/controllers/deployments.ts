import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { Call, ClusterContext } from '../context.ts'
import { randomSuffix } from '../objects/names.ts'
import {
  asObject,
  asString,
  at,
  isObject,
  type JsonObject,
  type KubeObject,
  objectsIn,
  stringMap,
  timestamp,
} from '../objects/objects.ts'
import { serviceAccountUser } from '../requests/authentication.ts'
import { makeObject } from '../requests/creating.ts'
import { type Loop, runLoop } from './loop.ts'
import { madeMetadata, ownerReference, putAs, putStatus, reportEvent } from './writes.ts'

const manager = 'kube-controller-manager'
const revision = 'deployment.kubernetes.io/revision'

/**
 * The controller of Deployments and their ReplicaSets. It creates pods of the newest template through admission, as on
 * a real cluster. When the new pods are ready, it deletes the pods of older templates.
 */
export function startDeploymentController(cluster: ClusterContext): Loop {
  return runLoop(
    cluster.store,
    ['Deployment', 'ReplicaSet', 'Pod', 'ServiceAccount', 'MutatingWebhookConfiguration'],
    async () => {
      let isUnfinished = false
      for (const deployment of cluster.store.list('Deployment')) {
        if (await reconcile(cluster, deployment)) isUnfinished = true
      }
      return isUnfinished
    },
  )
}

/** Returns true if the controller must retry although no object changes. */
async function reconcile(cluster: ClusterContext, deployment: KubeObject): Promise<boolean> {
  const name = replicaSetName(deployment)
  const known = replicaSetsOf(cluster, deployment)
  const wanted = replicasOf(deployment)
  const current = resize(cluster, newestOf(cluster, deployment, known), deployment)
  const older = known.filter((one) => one.metadata.name !== name)
  const failure = await scale(cluster, current)
  const pods = podsOf(cluster, current)
  const outdated =
    pods.filter(isReady).length >= wanted ? older.map((one) => resize(cluster, one, deployment, 0)) : older
  for (const replicaSet of outdated) await scale(cluster, replicaSet)

  const oldPods = outdated.flatMap((old) => podsOf(cluster, old))
  for (const replicaSet of [current, ...outdated])
    putStatus(cluster, replicaSet, replicaSetStatus(cluster, replicaSet), manager)
  const latest = cluster.store.get('Deployment', deployment.metadata.name, deployment.metadata.namespace)
  if (latest?.metadata.uid === deployment.metadata.uid) {
    const rollout = { pods, oldPods, failure, replicaSet: name, minor: cluster.minor }
    putStatus(cluster, latest, deploymentStatus(latest, rollout), manager)
  }
  return failure !== undefined
}

function replicasOf(object: KubeObject): number {
  return Number(at(object, 'spec', 'replicas') ?? 1)
}

function ownedBy(objects: readonly KubeObject[], owner: KubeObject): KubeObject[] {
  return objects.filter(({ metadata }) =>
    objectsIn(metadata.ownerReferences).some(({ uid }) => uid === owner.metadata.uid),
  )
}

function podsOf({ store }: ClusterContext, replicaSet: KubeObject): KubeObject[] {
  return ownedBy(store.list('Pod', replicaSet.metadata.namespace), replicaSet)
}

export function isReady(pod: KubeObject): boolean {
  return objectsIn(at(pod, 'status', 'conditions')).some(({ type, status }) => type === 'Ready' && status === 'True')
}

function replicaSetsOf({ store }: ClusterContext, deployment: KubeObject): KubeObject[] {
  return ownedBy(store.list('ReplicaSet', deployment.metadata.namespace), deployment)
}

function templateHash(deployment: KubeObject): string {
  const template = JSON.stringify(at(deployment, 'spec', 'template'), inOrder)
  return createHash('sha256').update(template).digest('hex').slice(0, 10)
}

/** A replacer for JSON.stringify that sorts the keys, so that equal objects have the same text. */
function inOrder(_: string, value: unknown): unknown {
  return isObject(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value
}

function replicaSetName(deployment: KubeObject): string {
  return `${deployment.metadata.name}-${templateHash(deployment)}`
}

function revisionOf({ metadata }: KubeObject): number {
  return Number(metadata.annotations?.[revision] ?? 0)
}

/** Returns the ReplicaSet of the deployment's template. Creates it if needed, and gives it the highest revision. */
function newestOf(cluster: ClusterContext, deployment: KubeObject, known: readonly KubeObject[]): KubeObject {
  const name = replicaSetName(deployment)
  const found = known.find(({ metadata }) => metadata.name === name)
  const highest = Math.max(0, ...known.filter((one) => one !== found).map(revisionOf))
  if (found && revisionOf(found) > highest) return found
  const number = String(highest + 1)
  const marked = structuredClone(deployment)
  marked.metadata.annotations = { ...marked.metadata.annotations, [revision]: number }
  putAs(cluster, marked, manager)
  if (!found) return makeReplicaSet(cluster, marked)
  const next = structuredClone(found)
  next.metadata.annotations = { ...next.metadata.annotations, [revision]: number }
  return cluster.store.put(next)
}

function makeReplicaSet(cluster: ClusterContext, deployment: KubeObject): KubeObject {
  const hash = { 'pod-template-hash': templateHash(deployment) }
  const template = structuredClone(asObject(at(deployment, 'spec', 'template')))
  const selector = asObject(at(deployment, 'spec', 'selector'))
  const labels = { ...stringMap(at(template, 'metadata', 'labels')), ...hash }
  const replicas = replicasOf(deployment)
  const made = cluster.store.put({
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      ...madeMetadata(replicaSetName(deployment), deployment.metadata.namespace, deployment),
      annotations: sizeAnnotations(deployment),
      labels,
      generation: 1,
    },
    spec: {
      replicas,
      selector: { ...selector, matchLabels: { ...asObject(selector.matchLabels), ...hash } },
      template: { ...template, metadata: { ...asObject(template.metadata), labels } },
    },
    status: { replicas: 0 },
  })
  if (replicas > 0) reportResize(cluster, deployment, made, { from: 0, to: replicas })
  return made
}

/** The annotations that the controller sets on a ReplicaSet. */
function sizeAnnotations(deployment: KubeObject): Record<string, string> {
  const replicas = replicasOf(deployment)
  return {
    'deployment.kubernetes.io/desired-replicas': String(replicas),
    'deployment.kubernetes.io/max-replicas': String(replicas + surgeOf(deployment, replicas)),
    [revision]: String(revisionOf(deployment)),
  }
}

/** The number of pods by which a rolling update may exceed the replicas. A percentage is rounded up. */
function surgeOf(deployment: KubeObject, replicas: number): number {
  const surge = at(deployment, 'spec', 'strategy', 'rollingUpdate', 'maxSurge') ?? 0
  const percent = /^(\d+)%$/.exec(String(surge))?.[1]
  return percent === undefined ? Number(surge) : Math.ceil((Number(percent) * replicas) / 100)
}

function resize(
  cluster: ClusterContext,
  replicaSet: KubeObject,
  deployment: KubeObject,
  to = replicasOf(deployment),
): KubeObject {
  const from = replicasOf(replicaSet)
  if (from === to) return replicaSet
  reportResize(cluster, deployment, replicaSet, { from, to })
  const next = structuredClone(replicaSet)
  next.spec = { ...asObject(next.spec), replicas: to }
  next.metadata.generation = (next.metadata.generation ?? 1) + 1
  next.metadata.annotations = {
    ...sizeAnnotations(deployment),
    ...(replicaSet.metadata.annotations?.[revision] !== undefined && {
      [revision]: replicaSet.metadata.annotations[revision],
    }),
  }
  return cluster.store.put(next)
}

function reportResize(
  { store, minor }: ClusterContext,
  deployment: KubeObject,
  { metadata }: KubeObject,
  { from, to }: { from: number; to: number },
): void {
  const before = minor >= 27 ? ` from ${from}` : ''
  const message = `Scaled ${to > from ? 'up' : 'down'} replica set ${metadata.name}${before} to ${to}`
  reportEvent(store, deployment, {
    type: 'Normal',
    reason: 'ScalingReplicaSet',
    message,
    component: 'deployment-controller',
  })
}

/** Creates or deletes pods until their number is that of the replicas. Returns why a pod could not be created. */
async function scale(cluster: ClusterContext, replicaSet: KubeObject): Promise<string | undefined> {
  const wanted = replicasOf(replicaSet)
  const pods = podsOf(cluster, replicaSet)
  for (const pod of pods.slice(wanted)) {
    cluster.store.remove(pod)
    reportOfReplicaSet(cluster, replicaSet, {
      reason: 'SuccessfulDelete',
      message: `Deleted pod: ${pod.metadata.name}`,
    })
  }
  for (let count = pods.length; count < wanted; count += 1) {
    const failure = await makePod(cluster, replicaSet)
    if (failure !== undefined) return failure
  }
  return undefined
}

function reportOfReplicaSet(
  { store }: ClusterContext,
  replicaSet: KubeObject,
  { reason, message, type = 'Normal' }: { reason: string; message: string; type?: 'Normal' | 'Warning' },
): void {
  reportEvent(store, replicaSet, { type, reason, message, component: 'replicaset-controller' })
}

async function makePod(cluster: ClusterContext, replicaSet: KubeObject): Promise<string | undefined> {
  const template = asObject(at(replicaSet, 'spec', 'template'))
  const name = `${replicaSet.metadata.name}-${randomSuffix()}`
  const metadata = {
    ...asObject(template.metadata),
    name,
    generateName: `${replicaSet.metadata.name}-`,
    ownerReferences: [ownerReference(replicaSet)],
  }
  const body: JsonObject = { ...structuredClone(template), metadata }
  try {
    cluster.store.put(await makeObject(body, podCall(cluster, asString(replicaSet.metadata.namespace))))
    reportOfReplicaSet(cluster, replicaSet, { reason: 'SuccessfulCreate', message: `Created pod: ${name}` })
    return undefined
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    // A real API server refuses the pod before it generates the name, so its message is the same for each attempt.
    const message = `Error creating: ${reason.replaceAll(name, metadata.generateName)}`
    reportOfReplicaSet(cluster, replicaSet, { type: 'Warning', reason: 'FailedCreate', message })
    return message
  }
}

function podCall(cluster: ClusterContext, namespace: string): Call {
  const type = cluster.types.find(({ kind }) => kind === 'Pod')
  if (!type) throw new Error('the cluster serves no pods')
  return {
    cluster,
    user: serviceAccountUser('kube-system', 'replicaset-controller', ''),
    target: { type, version: 'v1', verb: 'create', namespace },
    query: new URLSearchParams(),
    contentType: 'application/json',
    accept: 'application/json',
    agent: manager,
    warnings: [],
    body: '',
  }
}

function replicaSetStatus(cluster: ClusterContext, replicaSet: KubeObject): JsonObject {
  const pods = podsOf(cluster, replicaSet)
  const ready = pods.filter(isReady).length
  return {
    replicas: pods.length,
    fullyLabeledReplicas: pods.length,
    ...(ready === 0 ? {} : { readyReplicas: ready, availableReplicas: ready }),
    ...(cluster.minor >= 35 ? { terminatingReplicas: 0 } : {}),
    observedGeneration: replicaSet.metadata.generation ?? 1,
  }
}

interface Rollout {
  readonly pods: readonly KubeObject[]
  readonly oldPods: readonly KubeObject[]
  readonly failure: string | undefined
  /** The name of the newest ReplicaSet. */
  readonly replicaSet: string
  readonly minor: number
}

function deploymentStatus(deployment: KubeObject, rollout: Rollout): JsonObject {
  const { pods, oldPods, minor } = rollout
  const updatedReady = pods.filter(isReady).length
  const available = updatedReady + oldPods.filter(isReady).length
  const unavailable = Math.max(0, replicasOf(deployment) - available)
  const counts = {
    replicas: pods.length + oldPods.length,
    updatedReplicas: pods.length,
    readyReplicas: available,
    availableReplicas: available,
    unavailableReplicas: unavailable,
  }
  const before = objectsIn(at(deployment, 'status', 'conditions'))
  const conditions = [
    availability(unavailable === 0),
    progress(rollout.replicaSet, updatedReady >= replicasOf(deployment) && oldPods.length === 0),
    ...replicaFailure(rollout.failure),
  ]
  return {
    observedGeneration: deployment.metadata.generation ?? 1,
    ...Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0)),
    // Kubernetes has this count since 1.35. It is 0, because pods end at once here.
    ...(minor >= 35 ? { terminatingReplicas: 0 } : {}),
    conditions: conditions.map((condition) => withTimes(condition, before)),
  }
}

function availability(isAvailable: boolean): JsonObject {
  const [status, reason, verb] = isAvailable
    ? ['True', 'MinimumReplicasAvailable', 'has']
    : ['False', 'MinimumReplicasUnavailable', 'does not have']
  return { type: 'Available', status, reason, message: `Deployment ${verb} minimum availability.` }
}

function progress(replicaSet: string, isComplete: boolean): JsonObject {
  const [reason, verb] = isComplete
    ? ['NewReplicaSetAvailable', 'has successfully progressed']
    : ['ReplicaSetUpdated', 'is progressing']
  return { type: 'Progressing', status: 'True', reason, message: `ReplicaSet "${replicaSet}" ${verb}.` }
}

function replicaFailure(message: string | undefined): JsonObject[] {
  return message === undefined ? [] : [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message }]
}

/** Keeps the times of a condition that has not changed. */
function withTimes(condition: JsonObject, before: readonly JsonObject[]): JsonObject {
  const known = before.find(({ type }) => type === condition.type)
  const { lastUpdateTime, lastTransitionTime, ...rest } = known ?? {}
  if (isDeepStrictEqual(rest, condition)) return { ...condition, lastUpdateTime, lastTransitionTime }
  const now = timestamp()
  return {
    ...condition,
    lastUpdateTime: now,
    lastTransitionTime: known?.status === condition.status ? lastTransitionTime : now,
  }
}
