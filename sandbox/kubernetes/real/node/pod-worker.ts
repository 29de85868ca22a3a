import { rm } from 'node:fs/promises'
import path from 'node:path'
import type { Duplex } from 'node:stream'
import type { ApiClient } from '../../api-client.ts'
import { preStopMs } from '../../container-waits.ts'
import type { Trouble } from '../../controllers/containers.ts'
import { pause } from '../../mirror.ts'
import { asObject, asString, at, type JsonObject, type KubeObject, objectsIn } from '../../objects.ts'
import { BackOff } from './back-off.ts'
import { mountsOf, processSpec, refusalOf } from './container.ts'
import { readEnvironment } from './environment.ts'
import { endOfLog } from './log.ts'
import { type Exit, PodProcess, type PodSpec } from './pod-process.ts'
import { PodReport } from './pod-report.ts'
import { type ContainerState, hostAddress } from './pod-status.ts'
import { MountFailed, PodVolumes } from './pod-volumes.ts'
import { Readiness } from './probes.ts'
import { type Reader, readerOf } from './reader.ts'
import { PodTokens } from './token.ts'

/** How often a pod is looked at, and its volumes are brought up to date; a kubelet takes up to a minute. */
const lookMs = 250
const refreshMs = 1000

const retryMs = 1000

/** What the pods of a node have in common. */
export interface PodParts {
  readonly client: ApiClient
  /** Holds a directory for each pod that runs. */
  readonly directory: string
  /** Holds the log of each pod that ran. */
  readonly logDirectory: string
  /** The file that stands for the program of the webhook's image. */
  programFor(image: string): Promise<string>
  readonly api: PodSpec['api']
}

/** Runs one pod of the webhook: its volumes, its process, its status. */
export class PodWorker {
  readonly pod: KubeObject
  readonly address: string
  readonly #container: JsonObject
  readonly #parts: PodParts
  readonly #reader: Reader
  readonly #volumes: PodVolumes
  readonly #report: PodReport
  readonly #stopped = new AbortController()
  readonly #running: Promise<void>
  #process: PodProcess | undefined
  #graceSeconds = 0
  #restarts: number
  #last: ContainerState['last']

  /** @param container the one of the pod that is run; all others are only said to be */
  constructor(pod: KubeObject, container: JsonObject, { address, ...parts }: PodParts & { readonly address: string }) {
    this.pod = { ...pod, status: { ...asObject(pod.status), hostIP: hostAddress, podIP: address } }
    this.address = address
    this.#container = container
    this.#parts = parts
    const known = objectsIn(at(pod, 'status', 'containerStatuses')).find(({ name }) => name === container.name)
    this.#restarts = Number(known?.restartCount ?? 0)
    this.#reader = readerOf(parts.client)
    this.#report = new PodReport(parts.client, pod, address)
    const tokens = new PodTokens(parts.client, pod)
    const sources = { pod: this.pod, reader: this.#reader, token: (source: JsonObject) => tokens.token(source) }
    this.#volumes = new PodVolumes(path.join(this.#directory, 'volumes'), pod, sources)
    this.#running = this.#run()
  }

  /** Standard output and error of all runs; kept when the pod is gone. */
  get #logFile(): string {
    const { namespace = '', name } = this.pod.metadata
    return path.join(this.#parts.logDirectory, `${namespace}_${name}.log`)
  }

  async dial(port: number): Promise<Duplex> {
    if (!this.#process) throw new Error('connect: connection refused')
    return this.#process.dial(port)
  }

  /** Ends the process; in good order when there is a grace period: it goes on to serve while its preStop hook sleeps. */
  async stop(graceSeconds: number): Promise<void> {
    if (graceSeconds > 0) await pause(preStopMs(this.#container), this.#stopped.signal)
    this.#graceSeconds = graceSeconds
    this.#stopped.abort()
    await this.#running
    await rm(this.#directory, { recursive: true, force: true })
  }

  get #directory(): string {
    return path.join(this.#parts.directory, this.pod.metadata.uid)
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopped
    const backOff = new BackOff()
    while (!signal.aborted) {
      try {
        const exit = await this.#runOnce()
        if (exit && !signal.aborted) await this.#backOff(exit, backOff.after(exit))
      } catch (error) {
        // The API server is away, or refuses for the moment.
        process.emitWarning(error instanceof Error ? error : String(error))
        await pause(retryMs, signal)
      }
    }
  }

  /** How the program ended; undefined when it could not be started. */
  async #runOnce(): Promise<Exit | undefined> {
    const prepared = await this.#prepare()
    if ('reason' in prepared) {
      await this.#tell(prepared)
      await pause(lookMs, this.#stopped.signal)
      return undefined
    }
    this.#process = await PodProcess.start(prepared, this.#directory, this.#logFile)
    try {
      await this.#attend(this.#process)
    } finally {
      await this.#process.stop(this.#graceSeconds)
    }
    return this.#process.exited
  }

  async #prepare(): Promise<PodSpec | Trouble> {
    const { programFor, api } = this.#parts
    const refused = refusalOf(this.pod, this.#container)
    if (refused) return refused
    const notMounted = await this.#mount()
    if (notMounted) return notMounted
    const known = { ...basicEnvironment(this.pod), ...apiEnvironment(api) }
    try {
      const env = await readEnvironment(this.#container, this.pod, { reader: this.#reader, known })
      return {
        ...processSpec(this.pod, this.#container, env),
        program: await programFor(asString(this.#container.image)),
        mounts: mountsOf(this.pod, this.#container).map(({ volume, mountPath, readOnly }) => ({
          source: this.#volumes.path(volume),
          target: mountPath,
          readOnly,
        })),
        address: this.address,
        api,
      }
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      return { reason: 'CreateContainerConfigError', message, event: 'Failed' }
    }
  }

  async #mount(): Promise<Trouble | undefined> {
    try {
      await this.#volumes.refresh()
      return undefined
    } catch (error) {
      if (!(error instanceof MountFailed)) throw error
      return { reason: 'ContainerCreating', message: error.message, event: 'FailedMount' }
    }
  }

  /** Until the program ends or has to. */
  async #attend(process: PodProcess): Promise<void> {
    const readiness = new Readiness(this.#container, (port) => process.dial(port))
    let refreshAt = Date.now() + refreshMs
    while (!process.exit && !this.#stopped.signal.aborted) {
      if (Date.now() >= refreshAt) {
        await this.#mount()
        refreshAt = Date.now() + refreshMs
      }
      await this.#put({ startedAt: process.startedAt, isReady: await readiness.look() })
      await Promise.race([process.exited, pause(lookMs, this.#stopped.signal)])
    }
  }

  async #backOff(exit: Exit, waitMs: number): Promise<void> {
    const { name, namespace, uid } = this.pod.metadata
    const container = asString(this.#container.name)
    const place = `${name}_${namespace}(${uid})`
    this.#last = { ...exit, message: await endOfLog(this.#logFile) }
    const message = `back-off ${waitMs / 1000}s restarting failed container=${container} pod=${place}`
    await this.#put({ isReady: false, waiting: { reason: 'CrashLoopBackOff', message } })
    const text = `Back-off restarting failed container ${container} in pod ${place}`
    await this.#report.event({ type: 'Warning', reason: 'BackOff', message: text })
    await pause(waitMs, this.#stopped.signal)
    this.#restarts += 1
  }

  async #tell({ reason, message, event }: Trouble): Promise<void> {
    await this.#put({ isReady: false, waiting: reason === 'ContainerCreating' ? { reason } : { reason, message } })
    await this.#report.event({ type: 'Warning', reason: event, message })
  }

  async #put(state: Pick<ContainerState, 'startedAt' | 'isReady' | 'waiting'>): Promise<void> {
    const { name, image } = this.#container
    const common = { name: asString(name), image: asString(image), restarts: this.#restarts, last: this.#last }
    await this.#report.status([{ ...common, ...state }])
  }
}

/** What a container runtime and the webhook's image set; user 65534 and all others that the image does not know live in /. */
function basicEnvironment(pod: KubeObject): Record<string, string> {
  return {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    HOSTNAME: pod.metadata.name,
    HOME: '/',
  }
}

function apiEnvironment({ address, port }: PodSpec['api']): Record<string, string> {
  return {
    KUBERNETES_SERVICE_HOST: address,
    KUBERNETES_SERVICE_PORT: String(port),
    KUBERNETES_SERVICE_PORT_HTTPS: String(port),
  }
}
