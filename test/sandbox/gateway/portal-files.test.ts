import { mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PortalFiles } from '../../../sandbox/gateway/portal-files.ts'
import { type Gateway, startGateway } from '../../../sandbox/gateway/server.ts'
import { listenOnFreePort } from '../../../sandbox/network/listen.ts'
import { portalToCome } from '../../../sandbox/portal.ts'
import { temporaryDirectory } from '../../support/temporary.ts'

describe('the portal on the local port', () => {
  const api = createServer((_, response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'))
  let folder: Awaited<ReturnType<typeof temporaryDirectory>>
  let gateway: Gateway

  beforeAll(async () => {
    folder = await temporaryDirectory()
    const file = (name: string, text: string) => writeFile(path.join(folder.path, name), text)
    await mkdir(path.join(folder.path, 'assets'))
    await Promise.all([
      file('index.html', '<p>the page</p>'),
      file('assets/app-1a2b.js', 'start()'),
      file('.built-from', 'a digest'),
    ])
    const port = await listenOnFreePort(api)
    const upstream = { port, host: `api.localhost:${port}`, region: 'eu-west-1' }
    const key = { accessKeyId: 'AKIDLOCAL', secretAccessKey: 'secret-of-the-local-user' }
    const users = new Map([['administrator', key]])
    const portal = await PortalFiles.read(folder.path, { api: '' })
    gateway = await startGateway({ ...upstream, users }, { firstPort: 0, portal })
  })

  afterAll(async () => {
    await gateway.close()
    await new Promise((resolve) => api.close(resolve))
    await folder.remove()
  })

  it.each(['/', '/clusters/prod-eu', '/operations?kind=setup', '/assets', '/.built-from'])(
    'serves the page for %s as on AWS, whatever the client accepts',
    async (address) => {
      const response = await fetch(gateway.url + address)
      expect(await response.text()).toBe('<p>the page</p>')
      expect(response.headers.get('cache-control')).toBe('no-cache')
    },
  )

  it('lets the page load only from its own origin, and forbids frames', async () => {
    const { headers } = await fetch(gateway.url)
    const policy = headers.get('content-security-policy')
    expect(policy).toContain("default-src 'self'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).toContain("require-trusted-types-for 'script'")
    expect(policy).not.toContain('unsafe')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('permissions-policy')).toContain('camera=()')
  })

  it('configures the page without a sign-in, because the port signs requests', async () => {
    const response = await fetch(`${gateway.url}/config.json`)
    expect(await response.json()).toEqual({ api: '' })
    expect(response.headers.get('cache-control')).toBe('no-cache')
  })

  it('lets a browser cache an asset permanently, because its name changes with its content', async () => {
    const response = await fetch(`${gateway.url}/assets/app-1a2b.js`)
    expect(await response.text()).toBe('start()')
    expect(response.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
    expect(response.headers.get('cache-control')).toContain('immutable')
  })

  it.each(['/assets/gone.js', '/assets/'])('answers 404 for %s', async (address) => {
    expect((await fetch(gateway.url + address)).status).toBe(404)
  })

  it('refuses other methods, and forwards requests for the API', async () => {
    expect((await fetch(gateway.url, { method: 'POST' })).status).toBe(404)
    const response = await fetch(`${gateway.url}/v1/clusters`)
    expect(response.headers.get('content-type')).toBe('application/json')
  })

  it('asks a browser to reload until the portal is built, and then serves the page', async () => {
    const built = await PortalFiles.read(folder.path, { api: '' })
    gateway.servePortal(portalToCome)
    const early = await fetch(gateway.url)
    expect(early.status).toBe(503)
    expect(early.headers.get('refresh')).toBe('2')
    expect(await early.text()).toContain('The portal is being prepared.')
    gateway.servePortal(built)
    expect(await (await fetch(gateway.url)).text()).toBe('<p>the page</p>')
  })
})
