import { Agent, type Dispatcher, request } from 'undici'
import { asArray, isObject, type JsonObject } from './objects/objects.ts'

export interface ApiAccess {
  /** The port on 127.0.0.1. TLS verifies the name kubernetes.default.svc, which each server's certificate contains. */
  readonly port: number
  readonly caPem: string
  /** Returns the bearer token for one request. */
  token(): Promise<string>
}

export class ApiRefusal extends Error {
  readonly code: number

  constructor(code: number, message: string) {
    super(message)
    this.code = code
  }
}

/** An HTTPS client for the few calls that the webhook and a node make. */
export class ApiClient {
  readonly #access: ApiAccess
  readonly #dispatcher: Agent

  constructor(access: ApiAccess) {
    this.#access = access
    this.#dispatcher = new Agent({
      // Each call has its own connection, because a watch occupies one, and a broken one must not end other calls.
      allowH2: false,
      pipelining: 0,
      bodyTimeout: 0,
      connect: { ca: access.caPem, servername: 'kubernetes.default.svc' },
    })
  }

  /** @throws ApiRefusal for any error response */
  async call(
    method: Dispatcher.HttpMethod,
    path: string,
    body?: JsonObject,
    contentType = 'application/json',
  ): Promise<JsonObject> {
    const { statusCode: code, body: answer } = await this.#open(method, path, { body, contentType })
    const object = objectIn(await answer.text())
    if (code >= 300) throw new ApiRefusal(code, String(object.message ?? `the server answered ${code}`))
    return object
  }

  async get(path: string): Promise<JsonObject | undefined> {
    return this.call('GET', path).catch((error: unknown) => {
      if (error instanceof ApiRefusal && error.code === 404) return undefined
      throw error
    })
  }

  /** Sends a merge patch. */
  async merge(path: string, body: JsonObject): Promise<void> {
    await this.call('PATCH', path, body, 'application/merge-patch+json')
  }

  /** Returns the objects of a list, and the resourceVersion from which to watch. */
  async list(path: string): Promise<{ items: JsonObject[]; resourceVersion: string }> {
    const { items, metadata } = await this.call('GET', path)
    const version = isObject(metadata) ? String(metadata.resourceVersion ?? '') : ''
    return { items: asArray(items).filter(isObject), resourceVersion: version }
  }

  /** Reports each change until the server or the signal ends the watch. */
  async watch(path: string, signal: AbortSignal, report: (type: string, object: JsonObject) => void): Promise<void> {
    const { statusCode, body } = await this.#open('GET', path, { signal })
    if (statusCode !== 200) throw new ApiRefusal(statusCode, await body.text())
    let rest = ''
    body.setEncoding('utf8')
    for await (const part of body) {
      rest += part
      const lines = rest.split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) reportLine(line, report)
    }
  }

  async #open(
    method: Dispatcher.HttpMethod,
    path: string,
    { body, contentType, signal }: { body?: JsonObject | undefined; contentType?: string; signal?: AbortSignal },
  ): Promise<Dispatcher.ResponseData> {
    const token = await this.#access.token()
    return request(`https://127.0.0.1:${this.#access.port}${path}`, {
      dispatcher: this.#dispatcher,
      method,
      headers: {
        authorization: `Bearer ${token}`,
        'user-agent': 'webhook/v0 (linux/amd64)',
        ...(body && { 'content-type': contentType }),
      },
      body: body ? JSON.stringify(body) : null,
      ...(signal && { signal }),
    })
  }
}

/** Returns an empty object for text that is not JSON, such as `404 page not found` for an unknown path. */
export function objectIn(text: string): JsonObject {
  try {
    const answer: unknown = JSON.parse(text)
    return isObject(answer) ? answer : {}
  } catch {
    return {}
  }
}

function reportLine(line: string, report: (type: string, object: JsonObject) => void): void {
  const event: unknown = JSON.parse(line)
  if (isObject(event) && isObject(event.object)) report(String(event.type), event.object)
}
