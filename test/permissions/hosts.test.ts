import { createServer } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listenOnFreePort } from '../../sandbox/network/listen.ts'
import { invokeFunction } from '../e2e/support/runs/functions.ts'
import { cases } from './support/cases.ts'
import { untilLogged } from './support/log.ts'
import { World } from './support/world.ts'

let world: World
let ResponseURL: string
const answers: string[] = []
const server = createServer(async (request, response) => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  answers.push(Buffer.concat(chunks).toString())
  response.end()
})

beforeAll(async () => {
  world = await World.open()
  ResponseURL = `http://127.0.0.1:${await listenOnFreePort(server)}/`
})
afterAll(() => void server.close())

describe('the look at hosts that may not list the clusters lets no host go, and says why', () => {
  it.for(cases.filter(({ of }) => of === 'hosts-in-use'))('$action on $resource', async ({ of, action, index }) => {
    const since = Date.now()
    const ids = { StackId: 's', RequestId: 'r', LogicalResourceId: 'KeptHosts', ResponseURL }
    const event = { ...ids, RequestType: 'Delete', ResourceProperties: { Hosts: ['oidc.example.com'] } }
    await world.without(index, () => invokeFunction(world.system, 'HostsInUse', event))
    expect(JSON.parse(answers.at(-1) ?? '{}')).toMatchObject({
      Status: 'FAILED',
      Reason: expect.stringContaining(action),
    })
    await untilLogged(world.system, of, ['AccessDenied', action], since)
  })
})
