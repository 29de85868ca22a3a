import { writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage } from 'node:http'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { listenOnFreePort } from '../../../sandbox/network/listen.ts'
import { temporaryDirectory } from '../../support/temporary.ts'
import { operationWith } from '../support/operations.ts'
import { runWid, runWidAtTerminal } from '../support/run-wid.ts'

const directory = await temporaryDirectory()
const counts = { created: 0, updated: 1, adopted: 0, deleted: 0, unchanged: 0, temporary: 0, unknown: 0, problems: 0 }
const endedAt = '2026-11-25T10:00:01.000Z'
const planned = { outcome: 'changes' as const, summary: counts, writes: [], unknown: [], additions: [], problems: [] }

let generation = 7
let isReadable = true
let isChangedAfterPlans = false
const started: string[] = []

/** An API with one cluster. It knows the generation of the spec, as the API of the product does. */
const server = createServer(async (request, response) => {
  await text(request)
  const [status, body] = request.method === 'GET' ? read(request.url ?? '') : start(request)
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
})

type Answer = readonly [status: number, body: object]
const refusal = (status: number, title: string): Answer => [status, { type: 'about:blank', title, status }]

function read(url: string): Answer {
  if (url.startsWith('/v1/workloads')) return [200, { workloads: [] }]
  if (url === '/v1/operations/plan') {
    return [200, operationWith({ kind: 'plan', status: 'succeeded', endedAt, result: planned })]
  }
  if (url.startsWith('/v1/operations/')) return [200, operationWith({ status: 'succeeded', endedAt })]
  return isReadable ? [200, { generation }] : refusal(403, 'You may not do that')
}

function start({ url, headers }: IncomingMessage): Answer {
  const required = headers['if-match']
  if (required !== undefined && required !== `"${generation}"`) return refusal(412, 'The spec has changed')
  const operationId = url?.startsWith('/v1/plans') ? 'plan' : 'setup'
  started.push(`${operationId} of ${required ?? 'any'}`)
  if (operationId === 'setup' || isChangedAfterPlans) generation += 1
  return [202, { operationId }]
}

let api = ''
const file = path.join(directory.path, 'request.json')
beforeAll(async () => {
  api = `http://127.0.0.1:${await listenOnFreePort(server)}`
  await writeFile(file, JSON.stringify({ cluster: { name: 'prod-eu' }, workloads: [] }))
})
beforeEach(() => {
  generation = 7
  isReadable = true
  isChangedAfterPlans = false
  started.length = 0
})
afterAll(async () => {
  server.close()
  await directory.remove()
})

const apply = ['apply', '-f', file]
const surroundings = { cwd: directory.path, env: { TERM: 'dumb' } }
const confirmed = () => runWidAtTerminal(['--api', api, ...apply], [['[y/N] ', 'y\n']], surroundings)

test('a confirmed setup requires the generation of its plan', async () => {
  expect(await confirmed()).toMatchObject({ code: 0 })
  expect(started).toEqual(['plan of "7"', 'setup of "7"'])
})

test('starts nothing when the spec changed between the plan and the confirmation', async () => {
  isChangedAfterPlans = true
  expect(await confirmed()).toMatchObject({ code: 6, shown: expect.stringContaining('Nothing was started.') })
  expect(started).toEqual(['plan of "7"'])
})

test('warns a caller who may not read the spec that the setup does not require the generation of the plan', async () => {
  isReadable = false
  const warning = 'You may not read the spec of prod-eu.'
  expect(await confirmed()).toMatchObject({ code: 0, shown: expect.stringContaining(warning) })
  expect(started).toEqual(['plan of any', 'setup of any'])
})

test('with --yes and without an approved generation, a setup that only adds accepts any generation', async () => {
  expect(await runWid(['--api', api, ...apply, '--yes'], surroundings)).toMatchObject({ code: 0, stderr: '' })
  expect(started).toEqual(['setup of any'])
})
