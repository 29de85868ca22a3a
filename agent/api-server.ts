import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { StringDecoder } from 'node:string_decoder'
import { type Dispatcher, errors, Agent as HttpAgent } from 'undici'
import type { RelayedAnswer, RelayedRequest } from '../lambdas/agent/messages.ts'
import { codeOf, isCertificateCode } from '../lambdas/clouds/network/connection-error.ts'
import type { Configuration } from './configuration.ts'
import { relayedHeaders } from './guard.ts'
import { Turns } from './turns.ts'
import { userAgent } from './user-agent.ts'

const maxAnswerBytes = 16 * 1024 * 1024

/**
 * The agent reads several answers at the same time up to this number of characters each. Beyond it, only one answer
 * continues, which limits the memory of the agent.
 */
const longAnswer = 256 * 1024

/** Headers of the API server's response that the agent passes to the deployment. */
const passedHeaders = ['content-type', 'retry-after']

interface Trusted {
  readonly authorities: string
  readonly dispatcher: HttpAgent
}

/** The API server of the agent's cluster. The agent sends each request with the token of its own service account. */
export class ApiServer {
  readonly #connection: Pick<Configuration, 'apiServer' | 'serviceAccountFolder' | 'times'>
  readonly #longAnswers = new Turns()
  #trusted: Trusted | undefined

  constructor(connection: Pick<Configuration, 'apiServer' | 'serviceAccountFolder' | 'times'>) {
    this.#connection = connection
  }

  /**
   * Reads ca.crt, and trusts it from now on.
   *
   * @throws {Error} when ca.crt cannot be read, or has no certificate
   */
  async authorities(): Promise<string> {
    return (await this.#readAuthorities()).authorities
  }

  /**
   * Sends a request. A long answer delays other long answers until `use` ends.
   *
   * @param ended aborts the request
   * @param limitMs the limit of the request, unless `times.relayMs` is shorter
   */
  async send<Result>(
    request: RelayedRequest,
    ended: AbortSignal,
    use: (answer: RelayedAnswer) => Result | Promise<Result>,
    limitMs = Number.POSITIVE_INFINITY,
  ): Promise<Result> {
    const turn = this.#longAnswers.newTurn()
    const limit = AbortSignal.timeout(Math.min(this.#connection.times.relayMs, Math.max(limitMs, 0)))
    try {
      const signal = AbortSignal.any([ended, limit])
      const answer = this.#exchange(request, signal, () => turn.begin(signal))
      return await use(await answer.catch((error: unknown) => failureOf(error, limit.aborted)))
    } finally {
      turn.end()
    }
  }

  async #exchange(
    { method, path, headers, body }: RelayedRequest,
    signal: AbortSignal,
    beforeLong: () => Promise<void>,
  ): Promise<RelayedAnswer> {
    const { apiServer, serviceAccountFolder } = this.#connection
    const { dispatcher } = this.#trusted ?? (await this.#readAuthorities())
    const token = (await readFile(join(serviceAccountFolder, 'token'), 'utf8')).trim()
    const response = await dispatcher.request({
      origin: apiServer,
      path,
      method,
      headers: {
        'user-agent': userAgent,
        ...relayedHeaders(headers),
        'accept-encoding': 'identity',
        authorization: `Bearer ${token}`,
      },
      ...(body !== undefined && { body }),
      signal,
    })
    const text = await textOf(response.body, beforeLong)
    // A proxy in front of the API server may repeat the headers of the request. The deployment must not get the token.
    if (token !== '' && text.includes(token)) return { failure: 'repeats-token' }
    return { status: response.statusCode, headers: passedOf(response.headers), body: text }
  }

  async #readAuthorities(): Promise<Trusted> {
    const ca = await readFile(join(this.#connection.serviceAccountFolder, 'ca.crt'), 'utf8')
    // Without a certificate, Node would trust its own authorities.
    if (!ca.includes('-----BEGIN CERTIFICATE-----')) throw new Error('ca.crt has no certificate')
    if (this.#trusted?.authorities === ca) return this.#trusted
    void this.#trusted?.dispatcher.close()
    this.#trusted = {
      authorities: ca,
      // No time limits here, because the signal of each request has one.
      dispatcher: new HttpAgent({
        connect: { ca },
        allowH2: false,
        maxResponseSize: maxAnswerBytes,
        headersTimeout: 0,
        bodyTimeout: 0,
      }),
    }
    return this.#trusted
  }

  async close(): Promise<void> {
    await this.#trusted?.dispatcher.destroy()
  }
}

async function textOf(body: AsyncIterable<Buffer>, beforeLong: () => Promise<void>): Promise<string> {
  const decoder = new StringDecoder('utf8')
  let text = ''
  for await (const part of body) {
    text += decoder.write(part)
    if (text.length > longAnswer) await beforeLong()
  }
  return text + decoder.end()
}

function passedOf(headers: Dispatcher.ResponseData['headers']): Record<string, string> {
  return Object.fromEntries(
    passedHeaders.flatMap((name) => {
      const [value] = [headers[name]].flat()
      return value === undefined ? [] : [[name, value]]
    }),
  )
}

function failureOf(error: unknown, isLate: boolean): RelayedAnswer {
  if (isLate) return { failure: 'too-late' }
  if (error instanceof errors.ResponseExceededMaxSizeError) return { failure: 'too-large' }
  const code = codeOf(error)
  return { failure: isCertificateCode(code) ? 'untrusted' : 'unreachable', code }
}
