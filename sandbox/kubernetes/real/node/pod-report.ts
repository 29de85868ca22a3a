import { isDeepStrictEqual } from 'node:util'
import { type ApiClient, ApiRefusal } from '../../api-client.ts'
import { asString, at, type KubeObject, objectsIn } from '../../objects.ts'
import { type PodEvent, tellEvent } from './events.ts'
import { type ContainerState, podStatus } from './pod-status.ts'

/** Tells the API server of one pod: its status when it changes, each event once. */
export class PodReport {
  readonly #client: ApiClient
  readonly #pod: KubeObject
  readonly #address: string
  readonly #startedAt = new Date()
  readonly #reported = new Set<string>()
  #status: unknown

  constructor(client: ApiClient, pod: KubeObject, address: string) {
    this.#client = client
    this.#pod = pod
    this.#address = address
    this.#status = pod.status
  }

  /** @param known the containers that this node really runs; it says of all others that they run and are ready */
  async status(known: readonly ContainerState[]): Promise<void> {
    const containers = objectsIn(at(this.#pod, 'spec', 'containers')).map(({ name, image }) => {
      const others = { startedAt: this.#startedAt, isReady: true, restarts: 0 }
      return known.find((one) => one.name === name) ?? { name: asString(name), image: asString(image), ...others }
    })
    const status = podStatus(this.#status, this.#address, containers)
    if (isDeepStrictEqual(status, this.#status)) return
    await unlessGone(this.#client.merge(`${pathOf(this.#pod)}/status`, { status }))
    this.#status = status
  }

  async event(event: PodEvent): Promise<void> {
    const key = `${event.reason} ${event.message}`
    if (this.#reported.has(key)) return
    this.#reported.add(key)
    await unlessGone(tellEvent(this.#client, this.#pod, event))
  }
}

export function pathOf(pod: KubeObject): string {
  return `/api/v1/namespaces/${pod.metadata.namespace}/pods/${pod.metadata.name}`
}

/** The pod, or its namespace, has been deleted meanwhile: nobody wants to know. */
export async function unlessGone(call: Promise<unknown>): Promise<void> {
  await call.catch((error: unknown) => {
    const isGone = error instanceof ApiRefusal && [403, 404, 409].includes(error.code)
    if (!isGone) throw error
  })
}
