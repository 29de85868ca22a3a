import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { handler } from '../../../lambdas/api/agent.ts'
import { agentRoutes } from '../../../lambdas/api/agents/agent-routes.ts'
import { type ApiResponse, callApi } from '../api/api.ts'

/**
 * How a call of an agent fails.
 * - `cut before`, `cut after`: the connection is cut, without the work of the function or after it.
 * - `late`: the function does its work, and its answer comes after `lateMs`.
 * - `html`: the function does not get the call, and a proxy answers 200 with a page.
 * - a status: the function does not get the call, and a proxy answers with this status.
 */
export type CallFault = 'cut before' | 'cut after' | 'late' | 'html' | 401 | 429 | 503

export type CallRoute = (typeof agentRoutes)[number]['operation']

/** The functions of agents behind a server that fails as a network does. */
export class FaultyDeployment {
  /** The faults of the next calls, by route. */
  readonly faults: Record<CallRoute, CallFault[]> = { 'enrol-agent': [], 'get-work': [], 'put-answer': [] }
  /** The calls with which the functions have done their work. */
  readonly done: { readonly route: CallRoute; readonly path: string }[] = []
  lateMs = 300
  readonly #running = new Set<Promise<ApiResponse>>()

  /** Waits for the functions. */
  async settled(): Promise<void> {
    await Promise.all(this.#running)
  }

  readonly handler: RequestListener = async (request, response) => {
    const [path = ''] = (request.url ?? '').split('?')
    const route = agentRoutes.find((one) => patternOf(one.path).test(path))
    if (!route) return void response.writeHead(404).end()
    const fault = this.faults[route.operation].shift()
    const body = await text(request)
    if (fault === 'cut before') return void request.socket.destroy()
    if (fault === 'html') return void response.writeHead(200, { 'content-type': 'text/html' }).end('<html></html>')
    if (typeof fault === 'number') return void response.writeHead(fault).end('a proxy')
    const working = callApi(handler, {
      routeKey: `${route.method} ${route.path}`,
      parameters: { ...patternOf(route.path).exec(path)?.groups },
      headers: headersOf(request),
      body,
    })
    this.#running.add(working)
    const answer = await working
    this.#running.delete(working)
    if (answer.status === 200) this.done.push({ route: route.operation, path })
    if (fault === 'cut after') return void request.socket.destroy()
    if (fault === 'late') await sleep(this.lateMs)
    send(response, answer)
  }
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`)
}

function headersOf({ headers }: IncomingMessage): Record<string, string> {
  return { authorization: headers.authorization ?? '', 'content-type': headers['content-type'] ?? '' }
}

function send(response: ServerResponse, { status, body }: { readonly status: number; readonly body: unknown }): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
