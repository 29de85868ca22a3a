import { createServer } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listenOnFreePort } from '../../sandbox/network/listen.ts'
import { invokeFunction } from '../e2e/support/runs/functions.ts'
import { cases } from './support/cases.ts'
import { Fixture } from './support/fixture.ts'
import { untilLogged } from './support/log.ts'

let fixture: Fixture
let ResponseURL: string
const answers: string[] = []
const server = createServer(async (request, response) => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  answers.push(Buffer.concat(chunks).toString())
  response.end()
})

beforeAll(async () => {
  fixture = await Fixture.open()
  ResponseURL = `http://127.0.0.1:${await listenOnFreePort(server)}/`
})
afterAll(() => void server.close())

describe('without one permission the check of hosts in use refuses the removal of a host, with the reason', () => {
  it.for(cases.filter(({ of }) => of === 'hosts-in-use'))('$action on $resource', async ({ of, action, index }) => {
    const since = Date.now()
    const ids = { StackId: 's', RequestId: 'r', LogicalResourceId: 'KeptHosts', ResponseURL }
    const event = { ...ids, RequestType: 'Delete', ResourceProperties: { Hosts: ['oidc.example.com'] } }
    await fixture.without(index, () => invokeFunction(fixture.system, 'HostsInUse', event))
    expect(JSON.parse(answers.at(-1) ?? '{}')).toMatchObject({
      Status: 'FAILED',
      Reason: expect.stringContaining(action),
    })
    await untilLogged(fixture.system, of, ['AccessDenied', action], since)
  })
})
