import { cp } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { inject } from 'vitest'
import type { Call } from '../../../sandbox/call-log.ts'
import type { AnyCluster } from '../../../sandbox/kubernetes/clusters/any-cluster.ts'
import type { Cluster } from '../../../sandbox/kubernetes/index.ts'
import { type Sandbox, type SandboxOptions, startSandbox } from '../../../sandbox/sandbox.ts'
import { purposeOf } from '../../support/call-purpose.ts'
import { python } from '../../support/python.ts'
import { type OperationAnswer, operationAnswer } from './operation.ts'
import { closeAtEndOfRun } from './runs/end-of-run.ts'

/** The factor by which the waits of state machines are shortened. */
export const waitScale = 0.05

/** More than the deployment has functions, so that each function stays warm. */
export const functionProcesses = 100

/** The time until a new cluster is ready: a setup waits once or twice. */
const provisioningMs = 200

/** One deployed sandbox for all end-to-end tests of a worker. Each test uses its own clusters. */
let running: Promise<System> | undefined

export function system(): Promise<System> {
  running ??= startSystem()
  return running
}

/**
 * @param options.portal the folder with the portal's files, if the sandbox has to serve the portal
 * @param options.functionClockAheadMs how far the clock of functions is ahead of all others
 */
export async function startSystem(
  options: Pick<SandboxOptions, 'portal' | 'functionClockAheadMs'> = {},
): Promise<System> {
  const folder = inject('sandboxDirectory')
  // Each Vitest worker has its own sandbox.
  const directory = path.join(folder, String(process.pid))
  await cp(inject('deployedState'), directory, { recursive: true })
  const sandbox = await startSandbox({
    directory,
    python,
    port: 0,
    ...options,
    waitScale,
    functionProcesses,
    report: () => {},
  })
  sandbox.kubernetes.provisioningMs = provisioningMs
  await closeAtEndOfRun(folder, () => sandbox.close())
  return new System(sandbox)
}

/** Milliseconds. */
const pollInterval = 100
const patience = 120_000
/** The maximum run time of a function, and a minute. */
const lockPatience = 180_000

/** Sends requests to the sandbox, waits for operations, and reads the logs of calls. */
export class System<C extends AnyCluster = Cluster> {
  readonly sandbox: Sandbox<C>

  constructor(sandbox: Sandbox<C>) {
    this.sandbox = sandbox
  }

  get api(): string {
    return this.sandbox.gateway.url
  }

  post(body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    return this.postTo('/v1/setups', body, headers)
  }

  postTo(path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    return this.#sendTo('POST', path, body, headers)
  }

  putTo(path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    return this.#sendTo('PUT', path, body, headers)
  }

  #sendTo(method: 'POST' | 'PUT', path: string, body: unknown, headers: Readonly<Record<string, string>>) {
    return fetch(this.api + path, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    })
  }

  /** Sends a setup that the API must accept, and returns the operation's path. */
  start(body: unknown): Promise<string> {
    return this.send('/v1/setups', body)
  }

  /** Sends a request that the API must accept, and returns the operation's path. */
  async send(path: string, body: unknown): Promise<string> {
    return accepted(await this.postTo(path, body))
  }

  delete(path: string): Promise<Response> {
    return fetch(this.api + path, { method: 'DELETE' })
  }

  /** Sends a request that the API must accept, and returns the operation's path. */
  async sendDelete(path: string): Promise<string> {
    return accepted(await this.delete(path))
  }

  /** Starts a teardown that the API must accept, and waits for its end. */
  async tearDown(path: string): Promise<OperationAnswer> {
    return this.ended(await this.sendDelete(path))
  }

  async observe(location: string): Promise<OperationAnswer> {
    const response = await fetch(this.api + location)
    if (!response.ok) throw new Error(`GET ${location} answered ${response.status} ${await response.text()}`)
    return operationAnswer.parse(await response.json())
  }

  /** Polls the operation until the condition holds. */
  async until(location: string, desired: (operation: OperationAnswer) => boolean): Promise<OperationAnswer> {
    const deadline = Date.now() + patience
    for (;;) {
      const operation = await this.observe(location)
      if (desired(operation)) return operation
      if (Date.now() > deadline) throw new Error(`${location} is still ${JSON.stringify(operation, undefined, 2)}`)
      await sleep(pollInterval)
    }
  }

  ended(location: string): Promise<OperationAnswer> {
    return this.until(location, ({ endedAt }) => endedAt !== undefined)
  }

  /** Waits until the cluster is not locked. */
  async untilFree(cluster: string): Promise<void> {
    const deadline = Date.now() + lockPatience
    for (;;) {
      const response = await fetch(`${this.api}/v1/clusters/${cluster}`)
      const answer: unknown = await response.json()
      if (response.status === 404 || !Object.hasOwn(Object(answer), 'runningOperationId')) return
      if (Date.now() > deadline) throw new Error(`the cluster is still locked: ${JSON.stringify(answer)}`)
      await sleep(pollInterval)
    }
  }

  /** Sends a setup and waits for its end. */
  async setUp(body: unknown): Promise<OperationAnswer> {
    return this.ended(await this.start(body))
  }

  async clearCalls(): Promise<void> {
    for (const log of this.#logs()) await log.clear()
  }

  /** The product's writes at AWS, Google and Kubernetes since `clearCalls`, without those to its record and workflow. */
  async writes(): Promise<Call[]> {
    const calls = await Promise.all(this.#logs().map(async (log) => log.all()))
    return calls.flat().filter((call) => call.write && !isAside(call))
  }

  /** The product's writes to objects of this cluster since then (milliseconds since the epoch). */
  async writesOf(name: string, since: number): Promise<Call[]> {
    const own = this.sandbox.kubernetes.cluster(name)?.calls
    const lists = await Promise.all(this.#logs().map(async (log) => ({ isOwn: log === own, calls: await log.all() })))
    return lists
      .flatMap(({ isOwn, calls }) => calls.filter(({ object }) => isOwn || object.includes(name)))
      .filter((call) => call.at >= since && call.write && !isAside(call))
  }

  /** The product's calls since then, without those to its record and workflow. */
  async callsSince(since: number): Promise<Call[]> {
    const calls = await Promise.all(this.#logs().map(async (log) => log.all()))
    return calls.flat().filter((call) => call.at >= since && !isAside(call))
  }

  #logs() {
    const { aws, google, kubernetes } = this.sandbox
    const clusters = kubernetes.names().flatMap((name) => kubernetes.cluster(name)?.calls ?? [])
    return [aws.calls, google.calls, ...clusters]
  }
}

/** A system whose API servers may be real. */
export type AnySystem = System<AnyCluster>

async function accepted(response: Response): Promise<string> {
  const location = response.headers.get('location')
  if (response.status === 202 && location) return location
  throw new Error(`the API answered ${response.status} ${await response.text()}`)
}

function isAside(call: Call): boolean {
  return ['record', 'aside'].includes(purposeOf(call))
}
