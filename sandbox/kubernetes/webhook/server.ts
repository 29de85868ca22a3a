import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import { Server as Listener } from 'node:net'
import { json } from 'node:stream/consumers'
import { setImmediate, setTimeout as sleep } from 'node:timers/promises'
import { closeServer, listenOnFreePort } from '../../network/listen.ts'
import { type ApiAccess, ApiClient } from '../api-client.ts'
import { Mirror, pause } from '../clusters/mirror.ts'
import { asString, at, isObject, type JsonObject, stringMap } from '../objects/objects.ts'
import { obtainCertificate, type ServingCertificate } from './certificate-manager.ts'
import type { WebhookFlags } from './flags.ts'
import { isBefore, type WebhookImage } from './images.ts'
import { patchFor } from './mutate.ts'
import type { WebhookProcess } from './process.ts'

export interface WebhookParts {
  readonly flags: WebhookFlags
  readonly image: WebhookImage
  readonly api: ApiAccess
  /** With --in-cluster=false, the contents of the files of --tls-cert and --tls-key. */
  readonly mounted?: ServingCertificate
}

/** The time from GOAWAY to the end of the connections (golang.org/x/net/http2, goAwayTimeout). */
const goAwayMs = 1_000

export async function startWebhookServer(
  _pod: unknown,
  runnable: Omit<WebhookParts, 'api'>,
  api: ApiAccess,
): Promise<WebhookServer> {
  const server = new WebhookServer({ ...runnable, api })
  await server.listen()
  return server
}

/** One replica of the webhook. Without a certificate, it listens, but every TLS handshake fails. */
export class WebhookServer implements WebhookProcess {
  readonly flags: WebhookFlags
  readonly image: WebhookImage
  readonly startedAt = Date.now()
  readonly #server: Server
  readonly #client: ApiClient
  /** The service accounts, cached as by the informer of the real webhook. */
  readonly #accounts: Mirror
  readonly #stopped = new AbortController()
  #obtaining: Promise<void> | undefined
  #isEnding = false
  port = 0
  hasCertificate = false

  constructor({ flags, image, api, mounted }: WebhookParts) {
    this.flags = flags
    this.image = image
    this.#client = new ApiClient(api)
    this.#accounts = new Mirror(this.#client, '/api/v1/serviceaccounts')
    this.#server = createServer((request, response) => void this.#handle(request, response))
    this.#server.on('tlsClientError', () => {})
    if (mounted) this.useCertificate(mounted)
    if (flags.inCluster) this.#obtaining = this.#obtain()
  }

  async listen(): Promise<void> {
    this.port = await listenOnFreePort(this.#server)
  }

  useCertificate({ key, cert }: ServingCertificate): void {
    this.#server.setSecureContext({ key, cert })
    this.hasCertificate = true
  }

  async lastOutput(): Promise<undefined> {}

  /**
   * Accepts no new connections, but still answers on open connections. Go's server sends GOAWAY, and closes the
   * connections a second later. Here, each response has `connection: close` instead of GOAWAY.
   */
  async shutDown(): Promise<void> {
    this.#isEnding = true
    // A connection that an API server has just opened may be in the backlog. Closing now would reset it.
    await setImmediate()
    // `close` of the HTTPS server would also close idle connections that an API server is about to use.
    Listener.prototype.close.call(this.#server)
    await sleep(goAwayMs)
    await this.close()
  }

  async close(): Promise<void> {
    this.#stopped.abort()
    await this.#accounts.close()
    await this.#obtaining
    await closeServer(this.#server)
  }

  async #obtain(): Promise<void> {
    const { flags, image } = this
    const pair = await obtainCertificate({ client: this.#client, flags, image, signal: this.#stopped.signal })
    if (pair) this.useCertificate(pair)
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.#isEnding) response.setHeader('connection', 'close')
    const path = request.url?.split('?')[0]
    if (path === '/healthz' && this.image.healthOnMainPort) return void response.end('ok')
    if (path !== '/mutate') return void response.writeHead(404).end('404 page not found\n')
    if (request.headers['content-type'] !== 'application/json') {
      return void response.writeHead(415).end('Invalid Content-Type, expected `application/json`\n')
    }
    const answer = await this.#review(await readJson(request))
    response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' })
    response.end(JSON.stringify(answer))
  }

  /** Supports only v1beta1. The responses have no version, so v1 callers refuse them. */
  async #review(review: JsonObject | undefined): Promise<JsonObject> {
    const admission = review?.request
    if (!isObject(admission) || !isObject(admission.object)) {
      return { response: { uid: '', allowed: false, status: { metadata: {}, message: 'bad content' } } }
    }
    const uid = asString(admission.uid)
    const name = asString(at(admission.object, 'spec', 'serviceAccountName'))
    const annotations = await this.#annotationsOf(asString(admission.namespace), name)
    const patch = annotations && patchFor(admission.object, annotations, this.flags, this.image)
    if (!patch) return { response: { uid, allowed: true } }
    const encoded = Buffer.from(JSON.stringify(patch)).toString('base64')
    return { response: { uid, allowed: true, patch: encoded, patchType: 'JSONPatch' } }
  }

  /** From v0.5.3 on, the webhook waits a little for a service account that is not in the cache yet. */
  async #annotationsOf(namespace: string, name: string): Promise<Readonly<Record<string, string>> | undefined> {
    let account = this.#accounts.get(namespace, name)
    if (!account && !isBefore(this.image.version, [0, 5, 3])) {
      await pause(100, this.#stopped.signal)
      account = this.#accounts.get(namespace, name)
    }
    return account && stringMap(at(account, 'metadata', 'annotations'))
  }
}

async function readJson(request: IncomingMessage): Promise<JsonObject | undefined> {
  try {
    const value: unknown = await json(request)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}
