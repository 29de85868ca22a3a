import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterAll, expect, test } from 'vitest'
import { listenOnFreePort } from '../../../sandbox/network/listen.ts'
import { temporaryDirectory } from '../../support/temporary.ts'
import { runWid } from '../support/run-wid.ts'

const directory = await temporaryDirectory()
const written: unknown[] = []
let generation = 0

/** An API whose spec another caller changes after each read. It refuses what is written. */
const server = createServer(async (request, response) => {
  if (request.method === 'PUT') {
    const { webhook } = JSON.parse(await text(request))
    written.push({ generation: request.headers['if-match'], webhook })
    const problem = { type: 'about:blank', title: 'The spec has changed', status: 412 }
    response.writeHead(412, { 'content-type': 'application/problem+json' }).end(JSON.stringify(problem))
    return
  }
  generation += 1
  const spec = { cluster: {}, webhook: { image: `of-${generation}` }, workloads: [] }
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ spec, generation }))
})
afterAll(async () => {
  server.close()
  await directory.remove()
})

test('an upgrade requires the generation of the spec that it changes, also when the spec changes after the read', async () => {
  const api = `http://127.0.0.1:${await listenOnFreePort(server)}`
  const ended = await runWid(['--api', api, 'upgrade', 'prod', '--failure-policy', 'Fail'], { cwd: directory.path })
  expect(ended).toMatchObject({ code: 6, stderr: expect.stringContaining('The spec has changed') })
  expect(written).toEqual([{ generation: '"1"', webhook: { image: 'of-1', failurePolicy: 'Fail' } }])
})
