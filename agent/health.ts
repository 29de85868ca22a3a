import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { Metrics } from './metrics.ts'

/** What loop.ts reports for the probes of Kubernetes. */
export class Health {
  readonly #healthyMs: number
  #steppedAt = Date.now()
  #acceptedAt: number | undefined
  #isReady = false

  constructor(healthyMs: number) {
    this.#healthyMs = healthyMs
  }

  /** The loop has ended a step. A restart of the agent would not help if the deployment cannot be reached. */
  stepped(): void {
    this.#steppedAt = Date.now()
  }

  /** The deployment accepted a call for work, so the cluster is enrolled. */
  accepted(): void {
    this.#acceptedAt = Date.now()
    this.#isReady = true
  }

  failed(): void {
    this.#isReady = false
  }

  get acceptedAt(): number | undefined {
    return this.#acceptedAt
  }

  get isReady(): boolean {
    return this.#isReady
  }

  get isHealthy(): boolean {
    return Date.now() - this.#steppedAt < this.#healthyMs
  }
}

export interface HealthServer {
  readonly port: number
  close(): Promise<void>
}

/** Any pod can connect to this server. Its connections must not use up the memory of the agent, or block the probes. */
const limits = { headersTimeout: 2000, requestTimeout: 2000, connectionsCheckingInterval: 1000 }

/** @throws the listener's EADDRINUSE when the port is taken */
export async function startHealthServer(port: number, health: Health, metrics: Metrics): Promise<HealthServer> {
  const routes: Readonly<Record<string, (response: ServerResponse) => void>> = {
    '/healthz': (response) => send(response, health.isHealthy),
    '/readyz': (response) => send(response, health.isReady),
    '/metrics': (response) =>
      response
        .writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' })
        .end(metrics.text(health.acceptedAt)),
  }
  const server = createServer(limits, ({ method, url = '' }, response) => {
    const route = method === 'GET' && Object.hasOwn(routes, url) ? routes[url] : undefined
    if (route) route(response)
    else response.writeHead(404).end()
  })
  server.maxConnections = 100
  server.listen(port)
  await once(server, 'listening')
  const address = server.address()
  return {
    port: typeof address === 'object' ? (address?.port ?? port) : port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function send(response: ServerResponse, isGood: boolean): void {
  response.writeHead(isGood ? 200 : 503, { 'content-type': 'text/plain' }).end(isGood ? 'ok\n' : 'not ok\n')
}
