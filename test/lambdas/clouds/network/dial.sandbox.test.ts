import dns from 'node:dns'
import { syncBuiltinESMExports } from 'node:module'
import net from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { dial } from '../../../../lambdas/clouds/network/dial.ts'
import { Unreachable, UnsafeAddress } from '../../../../lambdas/errors/step-errors.ts'
import { listenOnFreePort } from '../../../../sandbox/network/listen.ts'
import { type ConnectProxy, startProxy } from '../../../../sandbox/network/proxy.ts'
import { type Internet, startInternet } from '../../../support/network/internet.ts'

let internet: Internet
let bastion: ConnectProxy
let echo: net.Server
let echoPort: number

beforeAll(async () => {
  internet = await startInternet()
  bastion = await startProxy()
  echo = net.createServer((socket) => socket.pipe(socket))
  echoPort = await listenOnFreePort(echo)
  internet.proxy.route('echo.example:7', echoPort)
  internet.proxy.route('bastion.example:3128', Number(new URL(bastion.url).port))
  bastion.route('10.0.0.1:6443', echoPort)
})
afterAll(async () => {
  echo.close()
  await bastion.close()
  await internet.end()
})

const environment = { ...process.env }
afterEach(() => {
  process.env.HTTPS_PROXY = internet.proxy.url
  process.env.NO_PROXY = environment.NO_PROXY ?? '127.0.0.1,localhost'
})

/** Replaces the machine's DNS, because no real name has an address that a test must not connect to. */
function resolveNames(addressesOf: (name: string) => string[]): () => void {
  const original = dns.lookup
  const lookup = (name: string, _options: object, callback: (error: null, addresses: dns.LookupAddress[]) => void) =>
    callback(
      null,
      addressesOf(name).map((address) => ({ address, family: 4 })),
    )
  Object.assign(dns, { lookup })
  syncBuiltinESMExports()
  return () => {
    Object.assign(dns, { lookup: original })
    syncBuiltinESMExports()
  }
}

async function echoed(socket: net.Socket): Promise<string> {
  socket.write('hello')
  const [answer] = await new Promise<Buffer[]>((resolve) => socket.once('data', (part) => resolve([part])))
  socket.destroy()
  return String(answer)
}

describe('dial', () => {
  test("reaches a host through the environment's egress proxy", async () => {
    expect(await echoed(await dial({ host: 'echo.example', port: 7 }, { kind: 'public' }))).toBe('hello')
  })

  test("reaches a private address through the request's proxy, and that proxy through the egress proxy", async () => {
    const via = { kind: 'cluster', proxyUrl: 'http://bastion.example:3128' } as const

    expect(await echoed(await dial({ host: '10.0.0.1', port: 6443 }, via))).toBe('hello')
    expect(internet.proxy.asked.get('bastion.example:3128')).toBe(1)
    expect(internet.proxy.asked.has('10.0.0.1:6443')).toBe(false)
  })

  test('stays open after the time for connecting is over', async () => {
    const given = new AbortController()
    const socket = await dial({ host: 'echo.example', port: 7 }, { kind: 'public', signal: given.signal })
    given.abort()

    expect(await echoed(socket)).toBe('hello')
  })

  test("sends the user name and password of the request's proxy to that proxy only", async () => {
    const seen: string[] = []
    const picky = net.createServer((socket) =>
      socket.once('data', (head) => {
        seen.push(String(head))
        socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')
      }),
    )
    internet.proxy.route('picky.example:80', await listenOnFreePort(picky))
    const via = { kind: 'cluster', proxyUrl: 'http://user:p%40ss@picky.example' } as const
    const error = await dial({ host: 'api.example', port: 443 }, via).catch((thrown: unknown) => thrown)
    picky.close()

    expect(seen[0]).toContain(`proxy-authorization: Basic ${Buffer.from('user:p@ss').toString('base64')}`)
    expect(error).toBeInstanceOf(Unreachable)
    expect(String(error)).toContain('the proxy picky.example:80 answered 407')
    expect(String(error)).not.toContain('p@ss')
  })

  test('names the proxy that refuses, and the proxy that is down', async () => {
    await expect(dial({ host: 'unknown.example', port: 443 }, { kind: 'public' })).rejects.toThrow(
      /^unknown.example:443: the proxy 127.0.0.1:\d+ answered 403 to CONNECT/,
    )
    internet.proxy.route('dead.example:3128', 1)
    const via = { kind: 'cluster', proxyUrl: 'http://dead.example:3128' } as const
    await expect(dial({ host: '10.0.0.1', port: 6443 }, via)).rejects.toThrow(/^dead.example:3128: the proxy .* 502/)

    process.env.HTTPS_PROXY = 'http://127.0.0.1:1'
    await expect(dial({ host: 'echo.example', port: 7 }, { kind: 'public' })).rejects.toThrow(
      '127.0.0.1:1: no answer (ECONNREFUSED)',
    )
  })

  test.each(['127.0.0.1', 'localhost', '[::1]', '169.254.169.254', '0x7f.1', 'metadata.google.internal'])(
    'does not connect to %s, with a proxy or without',
    async (host) => {
      const before = internet.proxy.asked.size
      await expect(dial({ host, port: 80 }, { kind: 'cluster' })).rejects.toThrow(UnsafeAddress)
      process.env.NO_PROXY = '*'
      await expect(dial({ host, port: 80 }, { kind: 'cluster' })).rejects.toThrow(UnsafeAddress)
      expect(internet.proxy.asked.size).toBe(before)
    },
  )

  test("does not connect to a request's proxy on this machine", async () => {
    const via = { kind: 'cluster', proxyUrl: bastion.url } as const
    await expect(dial({ host: '10.0.0.1', port: 6443 }, via)).rejects.toThrow(UnsafeAddress)
  })

  test('queries the DNS once, and does not connect to a name with a forbidden address', async () => {
    process.env.NO_PROXY = '*'
    const queried: string[] = []
    const restore = resolveNames((name) => {
      queried.push(name)
      return ['93.184.215.14', '127.0.0.1']
    })
    try {
      await expect(dial({ host: 'rebind.example', port: echoPort }, { kind: 'cluster' })).rejects.toThrow(
        /^rebind.example:\d+: it must not be connected to: it is a loopback address \(127.0.0.1\)/,
      )
      expect(queried).toEqual(['rebind.example'])
    } finally {
      restore()
    }
  })

  test('does not read a public document at a private address that the DNS gives', async () => {
    process.env.NO_PROXY = '*'
    const restore = resolveNames(() => ['10.0.0.1'])
    try {
      await expect(dial({ host: 'a.example', port: 443 }, { kind: 'public' })).rejects.toThrow(UnsafeAddress)
    } finally {
      restore()
    }
  })

  test.each(['socks5://bastion.example:1080', 'bastion', 'http://%zz@bastion.example'])(
    'refuses the proxy URL %s',
    async (proxyUrl) => {
      const via = { kind: 'cluster', proxyUrl } as const
      await expect(dial({ host: '10.0.0.1', port: 6443 }, via)).rejects.toThrow(
        'it is not the URL of an HTTP CONNECT proxy',
      )
    },
  )

  test('gives up when its signal fires while a proxy says nothing', async () => {
    const given = new AbortController()
    const silent = net.createServer((socket) => socket.once('data', () => given.abort()))
    internet.proxy.route('silent.example:3128', await listenOnFreePort(silent))
    const via = { kind: 'cluster', proxyUrl: 'http://silent.example:3128', signal: given.signal } as const

    await expect(dial({ host: '10.0.0.1', port: 6443 }, via)).rejects.toThrow(
      'silent.example:3128: the connection was not established in time',
    )
    silent.close()
  })
})
