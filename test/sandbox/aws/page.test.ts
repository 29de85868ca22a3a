import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants } from 'node:fs'
import { createServer, request, type Server } from 'node:http'
import path from 'node:path'
import { json } from 'node:stream/consumers'
import { Sha256 } from '@aws-crypto/sha256-js'
import { CreateUserCommand, IAMClient, ListUsersCommand } from '@aws-sdk/client-iam'
import { SignatureV4 } from '@smithy/signature-v4'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { account, rootCredentials } from '../../../sandbox/account.ts'
import { listenOnFreePort } from '../../../sandbox/network/listen.ts'
import { temporaryDirectory } from '../../support/temporary.ts'
import { type Fixture, startFixture } from './support/fixture.ts'

/** What a page may send: `simple` without asking first, the others after a preflight that is answered. */
interface Attack {
  readonly method: string
  readonly path: string
  readonly simple: boolean
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

let fixture: Fixture
let directory: Awaited<ReturnType<typeof temporaryDirectory>>
let attacks: Attack[]
let iam: IAMClient

beforeAll(async () => {
  fixture = await startFixture()
  directory = await temporaryDirectory()
  iam = new IAMClient({ endpoint: fixture.aws.endpoint, region: account.region, credentials: rootCredentials })
  attacks = await allAttacks()
})
afterAll(async () => {
  await fixture?.close()
  await directory?.remove()
})

const form = { 'content-type': 'application/x-www-form-urlencoded' }
const text = { 'content-type': 'text/plain' }
const createUser = 'Action=CreateUser&Version=2010-05-08&UserName=mallory'
/** MiniStack's own root key, which every page knows. */
const known = { accessKeyId: 'test', secretAccessKey: 'test' }

async function allAttacks(): Promise<Attack[]> {
  const code = { FunctionName: 'planted', Runtime: 'nodejs24.x', Role: `arn:aws:iam::${account.id}:role/any` }
  const named = `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=test%2F20260101%2Feu-west-1%2Fiam%2Faws4_request`
  const host = new URL(fixture.aws.endpoint).host
  const signer = new SignatureV4({ service: 'iam', region: account.region, credentials: known, sha256: Sha256 })
  const message = { method: 'POST', path: '/', headers: { ...form, host }, body: createUser }
  const { headers } = await signer.sign({ ...message, protocol: 'http:', hostname: '127.0.0.1' })
  const { host: _host, ...signed } = headers
  return [
    { method: 'POST', path: '/2015-03-31/functions', simple: true, headers: text, body: JSON.stringify(code) },
    { method: 'POST', path: '/2015-03-31/functions/tricks/invocations', simple: true, headers: text, body: '{}' },
    { method: 'POST', path: '/', simple: true, headers: form, body: createUser },
    { method: 'POST', path: `/?${named}`, simple: true, headers: form, body: createUser },
    { method: 'GET', path: `/?${createUser}&${named}`, simple: true },
    { method: 'POST', path: '/_ministack/reset', simple: true },
    { method: 'GET', path: '/_sandbox/calls', simple: false },
    { method: 'DELETE', path: '/_sandbox/calls', simple: false },
    { method: 'POST', path: '/', simple: false, headers: signed, body: createUser },
  ]
}

test('a page of another origin changes nothing, and learns nothing', async () => {
  await iam.send(new CreateUserCommand({ UserName: 'alice' }))
  await fixture.aws.calls.clear()
  const read = await (chromium === undefined ? asBrowsersSend() : inBrowser(chromium))
  // Nothing got further than the door, where the log begins.
  expect(await fixture.aws.calls.all()).toEqual([])
  expect(read).toEqual(attacks.map(() => 'nothing'))
  const { Users = [] } = await iam.send(new ListUsersCommand())
  expect(Users.map(({ UserName }) => UserName)).toEqual(['alice'])
})

/** A browser of this machine, if it has one: the test is then made in it. */
const chromium = ['chromium', 'chromium-browser', 'google-chrome'].flatMap(programs)[0]

function programs(name: string): string[] {
  const files = (process.env.PATH ?? '').split(path.delimiter).map((folder) => path.join(folder, name))
  return files.filter((file) => {
    try {
      accessSync(file, constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

/** Opens a page that sends all of it. Gives back what its script could read of each answer. */
async function inBrowser(program: string): Promise<unknown> {
  const { server, url, message } = await servePage()
  const browser = spawn(program, [
    '--headless=new',
    '--no-sandbox',
    '--disable-background-networking',
    `--user-data-dir=${path.join(directory.path, 'browser')}`,
    url,
  ])
  try {
    return await message
  } finally {
    await ended(browser)
    server.close()
    server.closeAllConnections()
  }
}

async function servePage(): Promise<{ server: Server; url: string; message: Promise<unknown> }> {
  let tell: (read: unknown) => void = () => {}
  const message = new Promise((resolve) => {
    tell = resolve
  })
  const server = createServer(async (incoming, outgoing) => {
    if (incoming.method === 'POST') tell(await json(incoming))
    outgoing.writeHead(200, { 'content-type': 'text/html' }).end(`<script type="module">${script()}</script>`)
  })
  // By this name it is another site than 127.0.0.1.
  return { server, url: `http://localhost:${await listenOnFreePort(server)}/`, message }
}

const script = () => `
  const read = []
  for (const { method, path, simple, headers, body } of ${JSON.stringify(attacks)}) {
    const mode = simple ? 'no-cors' : 'cors'
    const answer = await fetch(${JSON.stringify(fixture.aws.endpoint)} + path, { method, mode, headers, body }).catch(() => undefined)
    read.push((await answer?.text()) || 'nothing')
  }
  await fetch('/', { method: 'POST', body: JSON.stringify(read) })`

async function ended(child: ChildProcess): Promise<void> {
  const exit = once(child, 'exit')
  child.kill('SIGKILL')
  await exit
}

/** Sends what a browser sends for the page: what is not simple only after a preflight that allows it. */
function asBrowsersSend(): Promise<string[]> {
  return Promise.all(attacks.map((attack) => (attack.simple ? sentAtOnce(attack) : sentAfterPreflight(attack))))
}

const page = { origin: 'http://localhost:1', 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'empty' }

/** No script reads the answer. */
async function sentAtOnce(attack: Attack): Promise<string> {
  await send({ ...attack, headers: { ...attack.headers, ...page, 'sec-fetch-mode': 'no-cors' } })
  return 'nothing'
}

async function sentAfterPreflight(attack: Attack): Promise<string> {
  const asked = { 'access-control-request-method': attack.method, 'access-control-request-headers': 'authorization' }
  const preflight = await send({ ...attack, method: 'OPTIONS', headers: { ...page, ...asked } })
  if (!preflight.allowed) return 'nothing'
  const answer = await send({ ...attack, headers: { ...attack.headers, ...page, 'sec-fetch-mode': 'cors' } })
  return answer.text || 'nothing'
}

async function send({ method, path: to, headers, body }: Attack): Promise<{ allowed: boolean; text: string }> {
  const call = request(fixture.aws.endpoint + to, { method, headers: { ...headers } })
  call.end(method === 'POST' ? body : undefined)
  const [response] = await once(call, 'response')
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk)
  const allowed = response.headers['access-control-allow-origin'] !== undefined
  return { allowed, text: Buffer.concat(chunks).toString() }
}
