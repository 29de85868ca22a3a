import { createServer, type Server } from 'node:http'
import type { WebhookImage } from './images.ts'

/** What is served at --metrics-port, by HTTP: /metrics, and in older versions /healthz. */
export function metricsServer({ healthOnMainPort }: WebhookImage): Server {
  return createServer((request, response) => {
    const path = request.url?.split('?')[0]
    if (path === '/healthz' && !healthOnMainPort) return void response.end('ok')
    if (path !== '/metrics') return void response.writeHead(404).end('404 page not found\n')
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' })
    response.end(`process_start_time_seconds ${Math.round(performance.timeOrigin / 1000)}\n`)
  })
}
