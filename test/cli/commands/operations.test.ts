import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { listenOnFreePort } from '../../../sandbox/network/listen.ts'
import { temporaryDirectory } from '../../support/temporary.ts'
import { runWid } from '../support/run-wid.ts'

const directory = await temporaryDirectory()
const written: unknown[] = []
let generation = 0

/** An API whose spec another caller changes after each read. It has no cluster `new`, and refuses what is written. */
const server = createServer(async (request, response) => {
  const refuse = (status: number, title: string) => {
    response.writeHead(status, { 'content-type': 'application/problem+json' })
    response.end(JSON.stringify({ type: 'about:blank', title, status }))
  }
  if (request.method === 'DELETE') {
    written.push(request.url)
    return refuse(409, 'The cluster is locked')
  }
  if (request.method !== 'GET') {
    const { webhook } = JSON.parse(await text(request))
    written.push({ generation: request.headers['if-match'], webhook })
    return refuse(412, 'The spec has changed')
  }
  if (request.url === '/v1/clusters/new') return refuse(404, 'There is no such cluster')
  generation += 1
  const spec = { cluster: {}, webhook: { image: `of-${generation}` }, workloads: [] }
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ spec, generation }))
})
let api = ''
beforeAll(async () => {
  api = `http://127.0.0.1:${await listenOnFreePort(server)}`
})
beforeEach(() => {
  generation = 0
  written.length = 0
})
afterAll(async () => {
  server.close()
  await directory.remove()
})

test('an upgrade requires the generation of the spec that it changes, also when the spec changes after the read', async () => {
  const ended = await runWid(['--api', api, 'upgrade', 'prod', '--failure-policy', 'Fail'], { cwd: directory.path })
  expect(ended).toMatchObject({ code: 6, stderr: expect.stringContaining('The spec has changed') })
  expect(written).toEqual([{ generation: '"1"', webhook: { image: 'of-1', failurePolicy: 'Fail' } }])
})

test('a dry run of a teardown stays a dry run when it needs no confirmation', async () => {
  await runWid(['--api', api, 'teardown', 'prod', '--yes', '--dry-run'], { cwd: directory.path })
  expect(written).toEqual(['/v1/clusters/prod?dryRun=true'])
})

const file = ['-f', 'new.json']
test.for([
  ['apply', ...file],
  ['teardown', 'prod'],
])('without a terminal and without --yes, %s sends nothing', async (command) => {
  await writeFile(path.join(directory.path, 'new.json'), JSON.stringify({ cluster: { name: 'new' } }))
  const ended = await runWid(['--api', api, ...command], { cwd: directory.path })
  expect(ended).toMatchObject({ code: 2, stderr: expect.stringContaining('Use --yes.') })
  expect(written).toEqual([])
})

test.for([
  ['a setup that replaces the spec', ['apply', '--prune', '--yes', ...file], 0],
  ['a setup with an approved generation', ['apply', '--if-generation', '7', '--yes', ...file], 7],
  ['a plan that shows its generation', ['diff', ...file], 0],
] as const)('%s requires that nobody has written the spec meanwhile', async ([_, command, required]) => {
  const request = { cluster: { name: 'new' }, webhook: { image: 'of-1' }, workloads: [] }
  await writeFile(path.join(directory.path, 'new.json'), JSON.stringify(request))
  const ended = await runWid(['--api', api, ...command], { cwd: directory.path })
  expect(ended).toMatchObject({ code: 6, stderr: expect.stringContaining('The spec has changed') })
  expect(written).toEqual([{ generation: `"${required}"`, webhook: { image: 'of-1' } }])
})
