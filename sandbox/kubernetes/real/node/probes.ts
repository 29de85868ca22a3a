import { request } from 'node:http'
import type { Duplex } from 'node:stream'
import { connect as secured } from 'node:tls'
import { initialDelayMs } from '../../container-waits.ts'
import { asObject, asString, isObject, type JsonObject, objectsIn } from '../../objects.ts'

/** How often a container is asked until it is ready; a kubelet takes the probe's period for this, too. */
const unreadyPeriodMs = 250

/** What the container's readiness probe has found out. */
export class Readiness {
  readonly #container: JsonObject
  readonly #dial: DialPod
  #isReady = false
  #failures = 0
  #nextAt: number

  constructor(container: JsonObject, dial: DialPod) {
    this.#container = container
    this.#dial = dial
    this.#nextAt = Date.now() + initialDelayMs(container)
  }

  /** Probes when it is time to; may be called as often as one likes. */
  async look(): Promise<boolean> {
    if (Date.now() < this.#nextAt) return this.#isReady
    const passes = await probePasses(this.#container, this.#dial)
    this.#failures = passes ? 0 : this.#failures + 1
    const { periodSeconds, failureThreshold } = { ...defaults, ...asObject(this.#container.readinessProbe) }
    this.#isReady = passes || (this.#isReady && this.#failures < Number(failureThreshold))
    this.#nextAt = Date.now() + (this.#isReady ? Number(periodSeconds) * 1000 : unreadyPeriodMs)
    return this.#isReady
  }
}

const defaults: JsonObject = { periodSeconds: 10, failureThreshold: 3 }

/** Connects to a port of the pod. */
type DialPod = (port: number) => Promise<Duplex>

/** True when there is no probe. */
async function probePasses({ readinessProbe: probe, ...container }: JsonObject, dial: DialPod): Promise<boolean> {
  if (!isObject(probe)) return true
  const { tcpSocket, httpGet } = probe
  const timeoutMs = 1000 * Number(probe.timeoutSeconds ?? 1)
  try {
    if (isObject(tcpSocket)) return (await dial(portOf(tcpSocket.port, container))).destroy() !== undefined
    if (!isObject(httpGet)) return false
    const status = await get(httpGet, await dial(portOf(httpGet.port, container)), timeoutMs)
    return status >= 200 && status < 400
  } catch {
    return false
  }
}

function portOf(port: unknown, container: JsonObject): number {
  if (typeof port === 'number') return port
  return Number(objectsIn(container.ports).find(({ name }) => name === port)?.containerPort)
}

function headersOf({ httpHeaders }: JsonObject): Record<string, string> {
  return Object.fromEntries(objectsIn(httpHeaders).map(({ name, value }) => [asString(name), asString(value)]))
}

/** As a kubelet does, without a look at the certificate. */
function get(httpGet: JsonObject, socket: Duplex, timeoutMs: number): Promise<number> {
  const isHttps = asString(httpGet.scheme) === 'HTTPS'
  const options = {
    path: asString(httpGet.path) || '/',
    headers: { host: 'localhost', 'user-agent': 'kube-probe/1', ...headersOf(httpGet) },
    createConnection: () => (isHttps ? secured({ socket, rejectUnauthorized: false }) : socket),
    signal: AbortSignal.timeout(timeoutMs),
  }
  return new Promise((resolve, reject) => {
    const sent = request(options, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
      socket.destroy()
    })
    sent.on('error', reject)
    sent.end()
  })
}
