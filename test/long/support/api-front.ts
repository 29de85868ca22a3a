import { type RequestListener, request } from 'node:http'
import type { ApiAddress } from '../../../sandbox/aws/deploy.ts'

/** What API Gateway reads of a request. The sandbox's AWS takes none that says it is from a page. */
const passedHeaders = ['authorization', 'content-type', 'content-length', 'idempotency-key', 'accept'] as const

/** Hands requests on to an API that is found by its own name. Nothing is signed. */
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
