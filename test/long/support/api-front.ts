import { type RequestListener, request } from 'node:http'
import type { ApiAddress } from '../../../sandbox/aws/deploy.ts'

/** The headers that API Gateway reads. The sandbox's AWS refuses requests with the headers of a browser page. */
const passedHeaders = ['authorization', 'content-type', 'content-length', 'idempotency-key', 'accept'] as const

/** Forwards requests to an API, unsigned, with the host name of the API. */
export function apiFront({ port, host }: ApiAddress): RequestListener {
  return (incoming, outgoing) => {
    const { method, url: path } = incoming
    const passed = passedHeaders.flatMap((name) => {
      const value = incoming.headers[name]
      return value === undefined ? [] : [[name, value] as const]
    })
    const headers = { ...Object.fromEntries(passed), host }
    const call = request({ host: '127.0.0.1', port, method, path, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    call.on('error', () => outgoing.destroy())
    incoming.pipe(call)
  }
}
