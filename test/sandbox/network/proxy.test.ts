import http from 'node:http'
import net from 'node:net'
import { text as readText } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { listenOnFreePort } from '../../../sandbox/network/listen.ts'
import { type ConnectProxy, startProxy } from '../../../sandbox/network/proxy.ts'

let proxy: ConnectProxy
const servers: net.Server[] = []

beforeEach(async () => {
  proxy = await startProxy()
})
afterEach(async () => {
  await proxy.close()
  for (const server of servers.splice(0)) server.close()
})

function serve(onConnection: (socket: net.Socket) => void): Promise<number> {
  const server = net.createServer({ allowHalfOpen: true }, onConnection)
  servers.push(server)
  return listenOnFreePort(server)
}

function connectTo(name: string, through = proxy): Promise<{ status: number; socket: net.Socket }> {
  const { hostname, port } = new URL(through.url)
  return new Promise((resolve, reject) => {
    http
      .request({ host: hostname, port, method: 'CONNECT', path: name, agent: false })
      .on('connect', (response, socket, head) => {
        if (head.length > 0) socket.unshift(head)
        resolve({ status: response.statusCode ?? 0, socket })
      })
      .on('error', reject)
      .end()
  })
}

describe('the CONNECT proxy', () => {
  test('connects a known name to its local port, whatever the case of the name', async () => {
    proxy.route('Storage.example:443', await serve((socket) => socket.end('hello')))
    const { status, socket } = await connectTo('storage.EXAMPLE:443')

    expect(status).toBe(200)
    expect(await readText(socket)).toBe('hello')
    expect(proxy.asked.get('storage.example:443')).toBe(1)
  })

  test('refuses unknown and removed names', async () => {
    proxy.route('gone.example:443', await serve((socket) => socket.end()))
    proxy.unroute('gone.example:443')

    expect((await connectTo('gone.example:443')).status).toBe(403)
    expect((await connectTo('127.0.0.1:22')).status).toBe(403)
  })

  test('calls the hook for an unknown name before it refuses it', async () => {
    const port = await serve((socket) => socket.end('found'))
    proxy.beforeRefusal(async (name) => {
      if (name === 'late.example.com:443') proxy.route(name, port)
      else throw new Error('the finder has failed')
    })
    expect(await readText((await connectTo('late.example.com:443')).socket)).toBe('found')
    expect((await connectTo('unknown.example.com:443')).status).toBe(403)
  })

  test('uses the addresses of a name in turn, and a separate proxy uses only the first', async () => {
    const [first, second] = await Promise.all(['first', 'second'].map((text) => serve((socket) => socket.end(text))))
    proxy.route('two.example:443', first ?? 0)
    proxy.alsoAt('two.example:443', second ?? 0)
    const answers = async (through: ConnectProxy) => {
      const found: string[] = []
      for (let call = 0; call < 4; call += 1) {
        found.push(await readText((await connectTo('two.example:443', through)).socket))
      }
      return found
    }
    expect(await answers(proxy)).toEqual(['first', 'second', 'first', 'second'])
    const other = await proxy.anotherWay()
    expect(await answers(other)).toEqual(['first', 'first', 'first', 'first'])
    await other.close()
  })

  test('answers 502 when nothing listens behind a name', async () => {
    proxy.route('down.example:443', 1)

    expect((await connectTo('down.example:443')).status).toBe(502)
  })

  test('refuses anything but CONNECT', async () => {
    expect((await fetch(proxy.url)).status).toBe(405)
  })

  test('lets the server continue to send after the client has closed its side', async () => {
    const size = 4_000_000
    const port = await serve((socket) => socket.resume().on('end', () => socket.end('x'.repeat(size))))
    proxy.route('a.example:1', port)
    const { socket } = await connectTo('a.example:1')
    socket.end('request')

    expect((await readText(socket)).length).toBe(size)
  })

  test('forwards a broken connection', async () => {
    proxy.route('a.example:1', await serve((socket) => socket.once('data', () => socket.resetAndDestroy())))
    const { socket } = await connectTo('a.example:1')
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
    socket.on('error', () => {})
    socket.write('request')

    await closed
  })

  test('closes open connections when it closes', async () => {
    proxy.route('a.example:1', await serve(() => {}))
    const { socket } = await connectTo('a.example:1')
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
    socket.on('error', () => {})
    socket.resume()
    await proxy.close()

    await closed
    await expect(connectTo('a.example:1')).rejects.toThrow('ECONNREFUSED')
  })
})
