import { connect } from 'node:net'
import { initialDelayMs } from '../container-waits.ts'
import { asString, at, isObject, type JsonObject, objectsIn } from '../objects/objects.ts'
import type { WebhookProcess } from '../webhook/process.ts'

/** True if the container's readiness probe passes after its initial delay, or if it has none. */
export async function probePasses(process: WebhookProcess, container: JsonObject): Promise<boolean> {
  const probe = container.readinessProbe
  if (!isObject(probe)) return true
  if (Date.now() < process.startedAt + initialDelayMs(container)) return false
  if (isObject(probe.tcpSocket)) return isOpen(process, portOf(probe.tcpSocket.port, container))
  if (!isObject(probe.httpGet)) return false
  return isHealthy(process, probe.httpGet, portOf(probe.httpGet.port, container)) && connects(process.port)
}

function portOf(port: unknown, container: JsonObject): number {
  if (typeof port === 'number') return port
  return Number(objectsIn(container.ports).find(({ name }) => name === port)?.containerPort)
}

async function isOpen(process: WebhookProcess, port: number): Promise<boolean> {
  if (port === process.flags.metricsPort) return true
  return port === process.flags.port && (await connects(process.port))
}

function connects(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port })
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

/** The port and scheme of /healthz depend on the webhook's version. /mutate accepts JSON, even with an empty body. */
function isHealthy(process: WebhookProcess, httpGet: JsonObject, port: number): boolean {
  const { flags, image, hasCertificate } = process
  const isHttps = asString(at(httpGet, 'scheme')) === 'HTTPS'
  const reachesMainPort = isHttps && port === flags.port && hasCertificate
  if (asString(httpGet.path) === '/mutate') return reachesMainPort && contentTypeOf(httpGet) === 'application/json'
  if (asString(httpGet.path) !== '/healthz') return false
  return image.healthOnMainPort ? reachesMainPort : !isHttps && port === flags.metricsPort
}

function contentTypeOf({ httpHeaders }: JsonObject): string | undefined {
  const header = objectsIn(httpHeaders).find(({ name }) => asString(name).toLowerCase() === 'content-type')
  return header && asString(header.value)
}
