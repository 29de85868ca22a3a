import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'
import type { BrokenAnswer } from '../faults.ts'

export interface WholeAnswer {
  readonly status: number
  readonly headers: OutgoingHttpHeaders
  readonly body: Uint8Array
}

/** What a captive portal or a proxy sends instead of an answer. */
const page = '<html><head><title>Sign in</title></head><body><p>Sign in to go on</p></body></html>'

/** Sends the answer, broken as `kind` requires. */
export function sendBroken(response: ServerResponse, kind: BrokenAnswer, { status, headers, body }: WholeAnswer): void {
  if (kind === 'garble') {
    response.writeHead(200, { ...headers, 'content-length': Buffer.byteLength(page) }).end(page)
    return
  }
  // An answer without a body cannot end half-way.
  if (kind === 'drop-response' || body.length === 0) return void response.socket?.destroy()
  response.writeHead(status, { ...headers, 'content-length': body.length })
  response.write(body.subarray(0, body.length / 2), () => response.socket?.destroy())
}
