import { isDeepStrictEqual } from 'node:util'
import { type ApiClient, ApiRefusal } from '../api-client.ts'
import { Mirror } from '../clusters/mirror.ts'
import { preStopMs } from '../container-waits.ts'
import { type ChangeSource, type Loop, runLoop } from '../controllers/loop.ts'
import type { NodeApi } from '../controllers/node-api.ts'
import { eventAbout, type Occurrence } from '../controllers/writes.ts'
import { asString, at, type JsonObject, type KubeObject, objectsIn, timestamp } from '../objects/objects.ts'
import { nodeName } from './register-node.ts'

export interface RealNodeApiParts {
  readonly client: ApiClient
  readonly port: number
  readonly caPem: string
}

const paths = { Pod: '/api/v1/pods', Secret: '/api/v1/secrets', Service: '/api/v1/services' }

/** The lifetime of a pod's token. The node requests a new token after `tokenUseMs`. */
const tokenLifeSeconds = 86_400
const tokenUseMs = 3_600_000

type Listener = Parameters<ChangeSource['onChange']>[0]

/** The API of a real cluster for its node. Binds each pod to this node, and confirms the end of deleted pods. */
export class RealNodeApi implements NodeApi {
  readonly port: number
  readonly caPem: string
  readonly #client: ApiClient
  readonly #listeners = new Set<Listener>()
  readonly #mirrors: ReadonlyMap<string, Mirror>
  readonly #tokens = new Map<string, { readonly token: string; readonly until: number }>()
  readonly #statuses = new Map<string, JsonObject>()
  /** The time at which each deleted pod was first observed, by uid. */
  readonly #deletedAt = new Map<string, number>()
  readonly #loop: Loop

  constructor({ client, port, caPem }: RealNodeApiParts) {
    this.port = port
    this.caPem = caPem
    this.#client = client
    const mirrors = Object.entries(paths).map(
      ([kind, path]) => [kind, new Mirror(client, path, () => this.#changed(kind))] as const,
    )
    this.#mirrors = new Map(mirrors)
    this.#loop = runLoop(this, ['Pod'], () => this.#attendPods())
  }

  list(kind: string, namespace?: string): KubeObject[] {
    const objects = this.#mirrors.get(kind)?.all() ?? []
    return objects
      .map((object) => ({ ...object, apiVersion: 'v1', kind }) as KubeObject)
      .filter(({ metadata }) => namespace === undefined || metadata.namespace === namespace)
  }

  get(kind: string, name: string, namespace?: string): KubeObject | undefined {
    return this.list(kind, namespace).find(({ metadata }) => metadata.name === name)
  }

  onChange(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  async putStatus(pod: KubeObject, status: JsonObject): Promise<void> {
    const { uid } = pod.metadata
    if (isDeepStrictEqual(this.#statuses.get(uid), status)) return
    const known = objectsIn(at(pod, 'status', 'conditions'))
    const conditions = objectsIn(status.conditions).map((condition) => withTime(condition, known))
    await unlessGone(this.#client.merge(`${pathOf(pod)}/status`, { status: { ...status, conditions } }))
    this.#statuses.set(uid, status)
  }

  async reportEvent(pod: KubeObject, occurrence: Occurrence): Promise<void> {
    const path = `/api/v1/namespaces/${pod.metadata.namespace}/events`
    await unlessGone(this.#client.call('POST', path, eventAbout(pod, occurrence)))
  }

  async tokenOf(pod: KubeObject): Promise<string> {
    const { name, namespace, uid } = pod.metadata
    const known = this.#tokens.get(uid)
    if (known && known.until > Date.now()) return known.token
    const account = asString(at(pod, 'spec', 'serviceAccountName'))
    const boundObjectRef = { apiVersion: 'v1', kind: 'Pod', name, uid }
    const answer = await this.#client.call('POST', `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`, {
      spec: { expirationSeconds: tokenLifeSeconds, boundObjectRef },
    })
    const token = asString(at(answer, 'status', 'token'))
    this.#tokens.set(uid, { token, until: Date.now() + tokenUseMs })
    return token
  }

  async close(): Promise<void> {
    await this.#loop.close()
    await Promise.all([...this.#mirrors.values()].map((mirror) => mirror.close()))
  }

  #changed(kind: string): void {
    for (const listener of this.#listeners) listener({ object: { kind } })
  }

  /** Returns true while a deleted pod still serves. */
  async #attendPods(): Promise<boolean> {
    let isUnfinished = false
    for (const pod of this.list('Pod')) {
      if (pod.metadata.deletionTimestamp === undefined) await this.#bind(pod)
      else if (this.#isServing(pod)) isUnfinished = true
      else await this.#remove(pod)
    }
    return isUnfinished
  }

  async #bind(pod: KubeObject): Promise<void> {
    if (at(pod, 'spec', 'nodeName') !== undefined) return
    const { name, namespace, uid } = pod.metadata
    const target = { apiVersion: 'v1', kind: 'Node', name: nodeName }
    const binding = { apiVersion: 'v1', kind: 'Binding', metadata: { name, namespace, uid }, target }
    await unlessGone(this.#client.call('POST', `${pathOf(pod)}/binding`, binding))
  }

  #isServing(pod: KubeObject): boolean {
    const { uid } = pod.metadata
    const since = this.#deletedAt.get(uid) ?? Date.now()
    this.#deletedAt.set(uid, since)
    const waits = objectsIn(at(pod, 'spec', 'containers')).map(preStopMs)
    return Date.now() < since + Math.max(0, ...waits)
  }

  async #remove(pod: KubeObject): Promise<void> {
    const preconditions = { uid: pod.metadata.uid }
    await unlessGone(this.#client.call('DELETE', pathOf(pod), { gracePeriodSeconds: 0, preconditions }))
  }
}

function withTime(condition: JsonObject, known: readonly JsonObject[]): JsonObject {
  const before = known.find(({ type }) => type === condition.type)
  const isSame = before?.status === condition.status
  return { ...condition, lastTransitionTime: (isSame && before?.lastTransitionTime) || timestamp() }
}

function pathOf({ metadata }: KubeObject): string {
  return `/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}`
}

/** Ignores refusals: the pod or its namespace may have been deleted, or another client may have made the change. */
async function unlessGone(call: Promise<unknown>): Promise<void> {
  await call.catch((error: unknown) => {
    const isGone = error instanceof ApiRefusal && [403, 404, 409].includes(error.code)
    if (!isGone) throw error
  })
}
