import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { text } from 'node:stream/consumers'
import { asArray, isObject, type JsonObject } from './objects/objects.ts'

export interface ApiAccess {
  /** On 127.0.0.1, where the API server is reached by the name that its certificate always carries. */
  readonly port: number
  readonly caPem: string
  /** Called for the bearer token of each call. */
  token(): Promise<string>
}

export class ApiRefusal extends Error {
  readonly code: number

  constructor(code: number, message: string) {
    super(message)
    this.code = code
  }
}

/** The few calls that the webhook and a node make, by HTTPS. */
export class ApiClient {
  readonly #access: ApiAccess

  constructor(access: ApiAccess) {
    this.#access = access
  }

  /** @throws ApiRefusal for any answer but a success */
  async call(method: string, path: string, body?: JsonObject, contentType = 'application/json'): Promise<JsonObject> {
    const response = await this.#open(method, path, { body, contentType })
    const object = objectIn(await text(response))
    const code = response.statusCode ?? 0
    if (code >= 300) throw new ApiRefusal(code, String(object.message ?? `the server answered ${code}`))
    return object
  }

  async get(path: string): Promise<JsonObject | undefined> {
    return this.call('GET', path).catch((error: unknown) => {
      if (error instanceof ApiRefusal && error.code === 404) return undefined
      throw error
    })
  }

  /** A merge patch. */
  async merge(path: string, body: JsonObject): Promise<void> {
    await this.call('PATCH', path, body, 'application/merge-patch+json')
  }

  /** The objects of a list, and the version from which to watch. */
  async list(path: string): Promise<{ items: JsonObject[]; resourceVersion: string }> {
    const { items, metadata } = await this.call('GET', path)
    const version = isObject(metadata) ? String(metadata.resourceVersion ?? '') : ''
    return { items: asArray(items).filter(isObject), resourceVersion: version }
  }

  /** Reports each change until the server or the signal ends the watch. */
  async watch(path: string, signal: AbortSignal, report: (type: string, object: JsonObject) => void): Promise<void> {
    const response = await this.#open('GET', path, { signal })
    if (response.statusCode !== 200) throw new ApiRefusal(response.statusCode ?? 0, await text(response))
    let rest = ''
    response.setEncoding('utf8')
    for await (const part of response) {
      rest += part
      const lines = rest.split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) reportLine(line, report)
    }
  }

  async #open(
    method: string,
    path: string,
    { body, contentType, signal }: { body?: JsonObject | undefined; contentType?: string; signal?: AbortSignal },
  ): Promise<IncomingMessage> {
    const { port, caPem } = this.#access
    const token = await this.#access.token()
    const sentBody = body === undefined ? undefined : JSON.stringify(body)
    return new Promise((resolve, reject) => {
      const sent = request(
        {
          host: '127.0.0.1',
          servername: 'kubernetes.default.svc',
          port,
          ca: caPem,
          agent: false,
          method,
          path,
          ...(signal ? { signal } : {}),
          headers: {
            authorization: `Bearer ${token}`,
            'user-agent': 'webhook/v0 (linux/amd64)',
            // Node sends no length of the body of a DELETE by itself.
            ...(sentBody !== undefined && {
              'content-type': contentType,
              'content-length': Buffer.byteLength(sentBody),
            }),
          },
        },
        resolve,
      )
      sent.on('error', reject)
      sent.end(sentBody)
    })
  }
}

/** An empty object for text that is not JSON: the answer to an unknown path is `404 page not found`. */
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
