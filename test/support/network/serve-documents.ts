import type { RequestListener } from 'node:http'

/** Returns the documents at these paths as JSON, and 404 at any other path. */
export function serveDocuments(documents: ReadonlyMap<string, unknown>): RequestListener {
  return (request, response) => {
    const document = documents.get(request.url ?? '')
    response.writeHead(document === undefined ? 404 : 200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(document ?? {}))
  }
}
