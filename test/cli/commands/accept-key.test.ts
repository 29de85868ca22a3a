import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { listenOnFreePort } from '../../../sandbox/network/listen.ts'
import { temporaryDirectory } from '../../support/temporary.ts'
import { runWid, runWidAtTerminal } from '../support/run-wid.ts'

const directory = await temporaryDirectory()
const cwd = directory.path

/** The keys of a cluster that wait to be accepted: `k1`, and two different keys `k2`. */
const waitingKeys = [
  { kid: 'k1', thumbprint: 'print-1' },
  { kid: 'k2', thumbprint: 'print-2' },
  { kid: 'k2', thumbprint: 'print-3' },
]
const states = { published: ['k0'], accepted: ['k1'], revoked: [] }
let accepted: string[]
const server = createServer(async (request, response) => {
  if (request.method === 'POST') accepted.push(`${request.url} ${await text(request)}`)
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify(request.method === 'POST' ? states : { status: { waitingKeys } }))
})
let api = ''

beforeAll(async () => {
  api = `http://127.0.0.1:${await listenOnFreePort(server)}`
})
beforeEach(() => {
  accepted = []
})
afterAll(async () => {
  server.close()
  await directory.remove()
})

const acceptance = '/v1/clusters/prod/signing-keys/k1/accept {"thumbprint":"print-1"}'

test.for([
  ['y', 0, [acceptance]],
  ['n', 1, []],
] as const)('shows the thumbprint, and after the answer %s exits with %i', async ([answer, code, sent]) => {
  const args = ['--api', api, 'accept-key', 'prod', 'k1']
  const ended = await runWidAtTerminal(args, [['[y/N] ', `${answer}\n`]], { cwd })
  expect(ended).toEqual({ code, shown: expect.stringContaining('thumbprint (RFC 7638, SHA-256) is print-1.') })
  expect(accepted).toEqual(sent)
})

test('without a terminal, requires the thumbprint as an option, and sends it', async () => {
  const run = (...args: readonly string[]) => runWid(['--api', api, 'accept-key', 'prod', 'k1', ...args], { cwd })
  expect(await run()).toMatchObject({
    code: 2,
    stderr: 'Standard input is not a terminal, so the command cannot prompt. Use --thumbprint.\n',
  })
  expect(accepted).toEqual([])
  const { code, stdout } = await run('--thumbprint', 'print-1', '--output', 'json')
  expect([code, JSON.parse(stdout)]).toEqual([
    0,
    { type: 'key-accepted', cluster: 'prod', kid: 'k1', thumbprint: 'print-1', ...states },
  ])
  expect(accepted).toEqual([acceptance])
})

test.for([
  ['k9', 3, 'No key of prod with the ID k9 waits to be accepted. Waiting keys: k1, k2, k2.'],
  ['k2', 2, 'Several keys of prod have the ID k2. Give the thumbprint of one with --thumbprint: print-2, print-3.'],
] as const)('accepts no key with the ID %s', async ([kid, code, words]) => {
  expect(await runWid(['--api', api, 'accept-key', 'prod', kid], { cwd })).toMatchObject({ code, stderr: `${words}\n` })
  expect(accepted).toEqual([])
})
