import type { ClusterContext, Endpoints } from '../context.ts'
import { asString, at, type JsonObject, type KubeObject, objectsIn, stringMap, timestamp } from '../objects.ts'
import { matchesSelector } from '../selectors.ts'
import { isWebhookName } from '../webhook/images.ts'
import { WebhookServer } from '../webhook/server.ts'
import { missingSecret, prepareWebhook, type Runnable, type Trouble } from './containers.ts'
import { isReady } from './deployments.ts'
import { type Loop, runLoop } from './loop.ts'
import { probePasses } from './probes.ts'
import { putStatus, tellEvent } from './writes.ts'

const manager = 'kubelet'

/** What a pod needs of its cluster. */
export interface NodeParts {
  readonly cluster: ClusterContext & { readonly port: number }
  /** False: pods stay unscheduled, as on a cluster without room. */
  isSchedulable(): boolean
}

/** Runs pods: a process for each webhook container, and the word of it for every other image. */
export class Kubelet {
  readonly #parts: NodeParts
  readonly #processes = new Map<string, WebhookServer>()
  /** Of pods that are gone, answering what is under way. */
  readonly #ending = new Set<WebhookServer>()
  readonly #loop: Loop

  constructor(parts: NodeParts) {
    this.#parts = parts
    this.#loop = runLoop(parts.cluster.store, ['Pod', 'Secret', 'ServiceAccount'], () => this.#work())
  }

  poke(): void {
    this.#loop.poke()
  }

  async close(): Promise<void> {
    await this.#loop.close()
    await Promise.all([...this.#processes.values(), ...this.#ending].map((process) => process.close()))
    this.#processes.clear()
  }

  get endpoints(): Endpoints {
    return { resolve: (service) => this.#resolve(service) }
  }

  /** Always looks again: certificates come and probes pass without a change in the store. */
  async #work(): Promise<boolean> {
    const pods = this.#parts.cluster.store.list('Pod')
    const known = new Set(pods.map(({ metadata }) => metadata.uid))
    for (const [uid, process] of this.#processes) {
      if (known.has(uid)) continue
      this.#processes.delete(uid)
      this.#ending.add(process)
      void process.shutDown().finally(() => this.#ending.delete(process))
    }
    let isUnfinished = false
    for (const pod of pods) if (await this.#sync(pod)) isUnfinished = true
    return isUnfinished
  }

  /** True while the pod is not what it should be. */
  async #sync(pod: KubeObject): Promise<boolean> {
    const { cluster } = this.#parts
    const process = this.#processes.get(pod.metadata.uid)
    if (!process && !this.#parts.isSchedulable()) return this.#unscheduled(pod)
    const missing = process ? undefined : missingSecret(pod, cluster.store)
    if (missing) return this.#unmounted(pod, missing)
    const container = objectsIn(at(pod, 'spec', 'containers')).find(({ image }) => isWebhookName(asString(image)))
    if (!container) return this.#running(pod, true)
    const prepared = prepareWebhook(pod, container, cluster.store)
    if ('reason' in prepared && !process) return this.#inTrouble(pod, prepared)
    const running = process ?? (await this.#start(pod, prepared))
    if ('mounted' in prepared && prepared.mounted && process) process.useCertificate(prepared.mounted)
    return this.#running(pod, await probePasses(running, container))
  }

  async #start(pod: KubeObject, prepared: Runnable | Trouble): Promise<WebhookServer> {
    if ('reason' in prepared) throw new Error(prepared.message)
    const { cluster } = this.#parts
    const api = { port: cluster.port, caPem: cluster.authority.caPem, token: () => this.#tokenOf(pod) }
    const process = new WebhookServer({ ...prepared, api })
    await process.listen()
    this.#processes.set(pod.metadata.uid, process)
    return process
  }

  /** The token that a real kubelet projects into the pod. */
  async #tokenOf(pod: KubeObject): Promise<string> {
    const { signer, store } = this.#parts.cluster
    const { namespace = '', name, uid } = pod.metadata
    const account = asString(at(pod, 'spec', 'serviceAccountName'))
    const accountUid = store.get('ServiceAccount', account, namespace)?.metadata.uid ?? ''
    const subject = { namespace, name: account, uid: accountUid, bound: { kind: 'Pod', name, uid } }
    return (await signer.sign(subject, signer.issuers, 3607)).token
  }

  #unscheduled(pod: KubeObject): boolean {
    const message = '0/3 nodes are available: 3 Insufficient cpu.'
    const scheduled = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }
    this.#put(pod, { phase: 'Pending', conditions: [scheduled] })
    this.#tell(pod, { reason: 'FailedScheduling', message })
    return true
  }

  #unmounted(pod: KubeObject, { volume, secret }: { volume: string; secret: string }): boolean {
    const message = `MountVolume.SetUp failed for volume "${volume}" : secret "${secret}" not found`
    this.#put(pod, waitingStatus(pod, 'ContainerCreating', ''))
    this.#tell(pod, { reason: 'FailedMount', message })
    return true
  }

  #inTrouble(pod: KubeObject, { reason, message, event }: Trouble): boolean {
    this.#put(pod, waitingStatus(pod, reason, message))
    this.#tell(pod, { reason: event, message })
    return true
  }

  #running(pod: KubeObject, isPassing: boolean): boolean {
    const ready = isPassing ? 'True' : 'False'
    const startedAt =
      at(objectsIn(at(pod, 'status', 'containerStatuses'))[0], 'state', 'running', 'startedAt') ?? timestamp()
    this.#put(pod, {
      phase: 'Running',
      conditions: ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready'].map((type) => ({
        type,
        status: type === 'PodScheduled' || type === 'Initialized' ? 'True' : ready,
      })),
      containerStatuses: statusesOf(pod, { running: { startedAt } }, isPassing),
    })
    return !isPassing
  }

  #put(pod: KubeObject, status: JsonObject): void {
    putStatus(this.#parts.cluster, pod, { qosClass: 'BestEffort', ...status }, manager)
  }

  /** Once for each reason and message. */
  #tell(pod: KubeObject, { reason, message }: { reason: string; message: string }): void {
    const { store } = this.#parts.cluster
    const isReported = store
      .list('Event', pod.metadata.namespace)
      .some((event) => event.message === message && at(event, 'involvedObject', 'uid') === pod.metadata.uid)
    if (!isReported) tellEvent(store, pod, { type: 'Warning', reason, message, component: manager })
  }

  #resolve(service: { namespace: string; name: string; port: number }) {
    const { store } = this.#parts.cluster
    const found = store.get('Service', service.name, service.namespace)
    if (!found) return { error: `service "${service.name}" not found` }
    const port = objectsIn(at(found, 'spec', 'ports')).find((one) => one.port === service.port)
    if (!port) return { error: `no service port ${service.port} found for service "${service.name}"` }
    const selector = stringMap(at(found, 'spec', 'selector'))
    const pods = store
      .list('Pod', service.namespace)
      .filter((pod) => isReady(pod) && matchesSelector({ matchLabels: selector }, pod.metadata.labels ?? {}))
    if (pods.length === 0) return { error: `no endpoints available for service "${service.name}"` }
    const listening = pods.flatMap((pod) => {
      const process = this.#processes.get(pod.metadata.uid)
      return process && process.flags.port === targetPort(port, pod) ? [process.port] : []
    })
    const localPort = listening[Math.floor(Math.random() * listening.length)]
    const address = `${asString(at(found, 'spec', 'clusterIP'))}:${service.port}`
    return localPort === undefined ? { error: `dial tcp ${address}: connect: connection refused` } : { localPort }
  }
}

/** A name stands for the container port of that name. */
function targetPort(port: JsonObject, pod: KubeObject): number {
  const target = port.targetPort ?? port.port
  if (typeof target === 'number') return target
  const ports = objectsIn(at(pod, 'spec', 'containers')).flatMap((container) => objectsIn(container.ports))
  return Number(ports.find(({ name }) => name === target)?.containerPort)
}

function waitingStatus(pod: KubeObject, reason: string, message: string): JsonObject {
  const waiting = { reason, ...(message === '' ? {} : { message }) }
  const why = { reason: 'ContainersNotReady', message: `containers with unready status: [${namesOf(pod)}]` }
  return {
    phase: 'Pending',
    conditions: [
      { type: 'PodScheduled', status: 'True' },
      { type: 'Initialized', status: 'True' },
      { type: 'ContainersReady', status: 'False', ...why },
      { type: 'Ready', status: 'False', ...why },
    ],
    containerStatuses: statusesOf(pod, { waiting }, false),
  }
}

function namesOf(pod: KubeObject): string {
  return objectsIn(at(pod, 'spec', 'containers'))
    .map(({ name }) => asString(name))
    .join(' ')
}

function statusesOf(pod: KubeObject, state: JsonObject, ready: boolean): JsonObject[] {
  return objectsIn(at(pod, 'spec', 'containers')).map(({ name, image }) => ({
    name,
    image,
    imageID: '',
    ready,
    restartCount: 0,
    state,
    lastState: {},
  }))
}
