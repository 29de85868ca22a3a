import type { ApiAccess } from '../api-client.ts'
import type { Endpoints } from '../context.ts'
import { asString, at, type JsonObject, type KubeObject, objectsIn, stringMap, timestamp } from '../objects/objects.ts'
import { matchesSelector } from '../objects/selectors.ts'
import { isWebhookName } from '../webhook/images.ts'
import type { WebhookProcess } from '../webhook/process.ts'
import { type ContainerFailure, crashed, missingSecret, prepareWebhook, type Runnable } from './containers.ts'
import { isReady } from './deployments.ts'
import { type Loop, runLoop } from './loop.ts'
import type { NodeApi } from './node-api.ts'
import { probePasses } from './probes.ts'

export const manager = 'kubelet'

export interface NodeParts {
  readonly api: NodeApi
  /** If false, pods stay unscheduled, as on a full cluster. */
  isSchedulable(): boolean
  start(pod: KubeObject, runnable: Runnable, access: ApiAccess): Promise<WebhookProcess>
}

/** The time from the start of a program until its restart, if the program has ended by itself. */
const restartMs = 5000

/** Runs a process for each webhook container, and reports all other containers as running. */
export class Kubelet {
  readonly #parts: NodeParts
  readonly #processes = new Map<string, WebhookProcess>()
  /** The processes of deleted pods, which still answer open requests. */
  readonly #ending = new Set<WebhookProcess>()
  /** Events that were reported, by pod, reason and message. */
  readonly #reported = new Set<string>()
  readonly #loop: Loop

  constructor(parts: NodeParts) {
    this.#parts = parts
    this.#loop = runLoop(parts.api, ['Pod', 'Secret', 'ServiceAccount'], () => this.#work())
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

  /** Returns true while a pod is not ready, so that the loop runs again, for example to repeat a probe. */
  async #work(): Promise<boolean> {
    const pods = this.#parts.api.list('Pod')
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

  async #sync(pod: KubeObject): Promise<boolean> {
    const { api, isSchedulable } = this.#parts
    const process = this.#processes.get(pod.metadata.uid)
    if (process) return this.#attend(pod, process)
    if (!isSchedulable()) return this.#unscheduled(pod)
    const missing = missingSecret(pod, api)
    if (missing) return this.#unmounted(pod, missing)
    const container = webhookOf(pod)
    if (!container) return this.#running(pod, true)
    const prepared = prepareWebhook(pod, container, api)
    if ('reason' in prepared) return this.#failed(pod, prepared)
    const { port, caPem } = api
    const started = await this.#parts.start(pod, prepared, { port, caPem, token: () => api.tokenOf(pod) })
    this.#processes.set(pod.metadata.uid, started)
    return this.#running(pod, await probePasses(started, container))
  }

  async #attend(pod: KubeObject, process: WebhookProcess): Promise<boolean> {
    const container = webhookOf(pod) ?? {}
    const words = await process.lastOutput()
    if (words !== undefined) {
      if (Date.now() > process.startedAt + restartMs) this.#processes.delete(pod.metadata.uid)
      return this.#failed(pod, crashed(words))
    }
    const prepared = prepareWebhook(pod, container, this.#parts.api)
    if ('mounted' in prepared && prepared.mounted) process.useCertificate(prepared.mounted)
    return this.#running(pod, await probePasses(process, container))
  }

  async #unscheduled(pod: KubeObject): Promise<boolean> {
    const message = '0/3 nodes are available: 3 Insufficient cpu.'
    const scheduled = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }
    await this.#parts.api.putStatus(pod, { phase: 'Pending', conditions: [scheduled] })
    await this.#report(pod, 'FailedScheduling', message)
    return true
  }

  async #unmounted(pod: KubeObject, { volume, secret }: { volume: string; secret: string }): Promise<boolean> {
    const message = `MountVolume.SetUp failed for volume "${volume}" : secret "${secret}" not found`
    await this.#parts.api.putStatus(pod, waitingStatus(pod, 'ContainerCreating', ''))
    await this.#report(pod, 'FailedMount', message)
    return true
  }

  async #failed(pod: KubeObject, { reason, message, event }: ContainerFailure): Promise<boolean> {
    await this.#parts.api.putStatus(pod, waitingStatus(pod, reason, message))
    await this.#report(pod, event, message)
    return true
  }

  async #running(pod: KubeObject, isPassing: boolean): Promise<boolean> {
    const ready = isPassing ? 'True' : 'False'
    const startedAt =
      at(objectsIn(at(pod, 'status', 'containerStatuses'))[0], 'state', 'running', 'startedAt') ?? timestamp()
    await this.#parts.api.putStatus(pod, {
      phase: 'Running',
      conditions: ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready'].map((type) => ({
        type,
        status: type === 'PodScheduled' || type === 'Initialized' ? 'True' : ready,
      })),
      containerStatuses: statusesOf(pod, { running: { startedAt } }, isPassing),
    })
    return !isPassing
  }

  /** Reports an event once for each pod, reason and message. */
  async #report(pod: KubeObject, reason: string, message: string): Promise<void> {
    const key = [pod.metadata.uid, reason, message].join(' ')
    if (this.#reported.has(key)) return
    this.#reported.add(key)
    await this.#parts.api.reportEvent(pod, { type: 'Warning', reason, message, component: manager })
  }

  #resolve(service: { namespace: string; name: string; port: number }) {
    const { api } = this.#parts
    const found = api.get('Service', service.name, service.namespace)
    if (!found) return { error: `service "${service.name}" not found` }
    const port = objectsIn(at(found, 'spec', 'ports')).find((one) => one.port === service.port)
    if (!port) return { error: `no service port ${service.port} found for service "${service.name}"` }
    const selector = stringMap(at(found, 'spec', 'selector'))
    const pods = api
      .list('Pod', service.namespace)
      .filter((pod) => isEndpoint(pod) && matchesSelector({ matchLabels: selector }, pod.metadata.labels ?? {}))
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

function isEndpoint(pod: KubeObject): boolean {
  return isReady(pod) && pod.metadata.deletionTimestamp === undefined
}

function webhookOf(pod: KubeObject): JsonObject | undefined {
  return objectsIn(at(pod, 'spec', 'containers')).find(({ image }) => isWebhookName(asString(image)))
}

/** Returns the container port of a Service's port. A targetPort can be the name of a container port. */
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
