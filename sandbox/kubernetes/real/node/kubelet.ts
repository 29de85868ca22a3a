import type { Duplex } from 'node:stream'
import type { ApiClient } from '../../api-client.ts'
import { Mirror } from '../../mirror.ts'
import { asString, at, isObject, type JsonObject, type KubeObject, objectsIn } from '../../objects.ts'
import { isWebhookName } from '../../webhook/images.ts'
import { PodReport, pathOf, unlessGone } from './pod-report.ts'
import { type PodParts, PodWorker } from './pod-worker.ts'
import { nodeName } from './register.ts'

/** What could not be done is tried again after this time. */
const retryMs = 1000

/** Gives pods a node, runs those of the webhook, says of all others that they run, and ends those that are deleted. */
export class Kubelet {
  readonly #client: ApiClient
  readonly #parts: PodParts
  readonly #pods: Mirror
  readonly #workers = new Map<string, PodWorker>()
  /** The others that are reported as running. */
  readonly #reported = new Set<string>()
  /** By uid: what is being done for a pod; one thing at a time. */
  readonly #busy = new Map<string, Promise<void>>()
  readonly #timer: NodeJS.Timeout
  #lastAddress = 1
  #isClosed = false

  constructor(parts: PodParts) {
    this.#client = parts.client
    this.#parts = parts
    this.#pods = new Mirror(parts.client, '/api/v1/pods', () => this.#look())
    this.#timer = setInterval(() => this.#look(), retryMs)
  }

  /** @throws Error in Go's words when nothing listens there */
  async dial(address: string, port: number): Promise<Duplex> {
    const worker = [...this.#workers.values()].find((one) => one.address === address)
    if (!worker) throw new Error('connect: no route to host')
    return worker.dial(port)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    clearInterval(this.#timer)
    await this.#pods.close()
    await Promise.all(this.#busy.values())
    await Promise.all([...this.#workers.values()].map((worker) => worker.stop(0)))
  }

  #look(): void {
    if (this.#isClosed) return
    const pods = this.#pods.all().flatMap((pod) => (isPod(pod) ? [pod] : []))
    const known = new Set(pods.map(({ metadata }) => metadata.uid))
    for (const pod of pods) this.#do(pod.metadata.uid, () => this.#attend(pod))
    for (const uid of this.#workers.keys()) if (!known.has(uid)) this.#do(uid, () => this.#end(uid, 0))
  }

  #do(uid: string, work: () => Promise<void>): void {
    if (this.#busy.has(uid)) return
    const done = work()
      .catch((error: unknown) => {
        if (!this.#isClosed) process.emitWarning(error instanceof Error ? error : String(error))
      })
      .finally(() => this.#busy.delete(uid))
    this.#busy.set(uid, done)
  }

  async #attend(pod: KubeObject): Promise<void> {
    const { uid, deletionTimestamp, deletionGracePeriodSeconds } = pod.metadata
    if (deletionTimestamp !== undefined) {
      await this.#end(uid, Number(deletionGracePeriodSeconds ?? 0))
      return this.#remove(pod)
    }
    if (at(pod, 'spec', 'nodeName') === undefined) return this.#bind(pod)
    if (this.#workers.has(uid)) return
    const container = objectsIn(at(pod, 'spec', 'containers')).find(isWebhook)
    if (!container) return this.#tell(pod)
    this.#workers.set(uid, new PodWorker(pod, container, { ...this.#parts, address: this.#nextAddress() }))
  }

  async #end(uid: string, graceSeconds: number): Promise<void> {
    await this.#workers.get(uid)?.stop(graceSeconds)
    this.#workers.delete(uid)
  }

  async #remove(pod: KubeObject): Promise<void> {
    const preconditions = { uid: pod.metadata.uid }
    await unlessGone(this.#client.call('DELETE', pathOf(pod), { gracePeriodSeconds: 0, preconditions }))
  }

  async #bind(pod: KubeObject): Promise<void> {
    const { name, namespace, uid } = pod.metadata
    await unlessGone(
      this.#client.call('POST', `${pathOf(pod)}/binding`, {
        apiVersion: 'v1',
        kind: 'Binding',
        metadata: { name, namespace, uid },
        target: { apiVersion: 'v1', kind: 'Node', name: nodeName },
      }),
    )
  }

  async #tell(pod: KubeObject): Promise<void> {
    const { uid } = pod.metadata
    if (this.#reported.has(uid)) return
    await new PodReport(this.#client, pod, this.#nextAddress()).status([])
    this.#reported.add(uid)
  }

  #nextAddress(): string {
    this.#lastAddress += 1
    return `10.244.${this.#lastAddress >> 8}.${this.#lastAddress & 255}`
  }
}

function isPod(object: JsonObject): object is KubeObject {
  return isObject(object.metadata) && asString(object.metadata.uid) !== ''
}

function isWebhook({ image }: JsonObject): boolean {
  return isWebhookName(asString(image))
}
