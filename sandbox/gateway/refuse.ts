import type { ServerResponse } from 'node:http'

export function refuse(outgoing: ServerResponse, status: number, detail: string): void {
  if (outgoing.headersSent) {
    outgoing.destroy()
    return
  }
  outgoing.writeHead(status, { 'content-type': 'application/problem+json' })
  outgoing.end(`${JSON.stringify({ status, title: 'The gateway of the sandbox refused the request', detail })}\n`)
}
