import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { listenOnFreePort } from '../../../sandbox/network/listen.ts'
import { temporaryDirectory } from '../../support/temporary.ts'
import { runWid, runWidAtTerminal } from '../support/run-wid.ts'

const directory = await temporaryDirectory()
const cwd = directory.path
const refusal = { type: 'about:blank', title: 'Not Found', status: 404, detail: 'there is no such key' }
let sent: string[]
const server = createServer(async (request, response) => {
  sent.push(`${request.method} ${request.url} ${await text(request)}`)
  response.writeHead(404, { 'content-type': 'application/problem+json' })
  response.end(JSON.stringify(refusal))
})
let api = ''

beforeAll(async () => {
  api = `http://127.0.0.1:${await listenOnFreePort(server)}`
})
beforeEach(() => {
  sent = []
})
afterAll(async () => {
  server.close()
  await directory.remove()
})

const revocation = (force: boolean) => `POST /v1/clusters/prod/signing-keys/k1/revoke {"force":${force}}`

test.for([
  ['y', 3, [revocation(false)]],
  ['n', 1, []],
] as const)('prompts for a confirmation, and after the answer %s exits with %i', async ([answer, code, expected]) => {
  const args = ['--api', api, 'revoke-key', 'prod', 'k1']
  const ended = await runWidAtTerminal(args, [['[y/N] ', `${answer}\n`]], { cwd })
  expect(ended).toEqual({ code, shown: expect.stringContaining('every token of prod that the key k1 has signed') })
  expect(sent).toEqual(expected)
})

test('without a terminal, requires --yes, and sends force only with --force', async () => {
  const run = (...args: readonly string[]) => runWid(['--api', api, 'revoke-key', 'prod', 'k1', ...args], { cwd })
  expect(await run('--force')).toMatchObject({
    code: 2,
    stderr: 'Standard input is not a terminal, so the command cannot prompt. Use --yes.\n',
  })
  expect(sent).toEqual([])
  expect(await run('--force', '--yes')).toMatchObject({ code: 3, stderr: expect.stringContaining('no such key') })
  expect(sent).toEqual([revocation(true)])
})
