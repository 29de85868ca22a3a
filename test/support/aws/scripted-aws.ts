/** An AWS with scripted answers, which records the requests, for cases that the sandbox's AWS cannot produce. */
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import { account } from '../../../sandbox/account.ts'
import { rootUserEnvironment } from '../../../sandbox/aws/server.ts'
import { listenOnFreePort } from '../../../sandbox/network/listen.ts'
import { setEnvironment } from '../environment.ts'

export interface ScriptedRequest {
  /** `DynamoDB_20120810.GetItem`; undefined for services that speak XML. */
  readonly target: string | undefined
  readonly isSigned: boolean
  readonly body: string
}

export interface ScriptedAnswer {
  /** Default: 200. */
  readonly status?: number
  /** An object is sent as JSON, a text as XML. */
  readonly body: object | string
}

export interface ScriptedAws {
  /** The requests since the test began. */
  readonly requests: readonly ScriptedRequest[]
  /** Answers the next requests, in this order. */
  answer(...answers: readonly ScriptedAnswer[]): void
}

/** Replaces AWS for the tests of a file. Call it at the top of the file. */
export function scriptedAws(settings: Readonly<Record<string, string>> = {}): ScriptedAws {
  const requests: ScriptedRequest[] = []
  let answers: readonly ScriptedAnswer[] = []
  const server = createServer(async (request, response) => {
    const target = request.headers['x-amz-target']
    requests.push({
      target: typeof target === 'string' ? target : undefined,
      isSigned: request.headers.authorization !== undefined,
      body: await text(request),
    })
    const [{ status = 200, body } = { status: 500, body: {} }, ...rest] = answers
    answers = rest
    const isXml = typeof body === 'string'
    response.writeHead(status, { 'content-type': isXml ? 'text/xml' : 'application/x-amz-json-1.0' })
    response.end(isXml ? body : JSON.stringify(body))
  })
  let restore: (() => void) | undefined
  beforeAll(async () => {
    const port = await listenOnFreePort(server)
    restore = setEnvironment({ ...rootUserEnvironment(`http://127.0.0.1:${port}`, account.region), ...settings })
  })
  afterAll(async () => {
    restore?.()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  beforeEach(() => {
    requests.length = 0
    answers = []
  })
  return {
    requests,
    answer(...next) {
      answers = next
    },
  }
}
