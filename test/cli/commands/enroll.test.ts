import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { agentAccount, agentNamespace } from '../../../cli/enroll/agent-manifest.ts'
import { accountNamespace, clusterAccount } from '../../../lambdas/ownership/setup-account.ts'
import { listenOnFreePort } from '../../../sandbox/network/listen.ts'
import { temporaryDirectory } from '../../support/temporary.ts'
import { runWid } from '../support/run-wid.ts'

const directory = await temporaryDirectory()
const enrolment = { code: 'c0de', expiresAt: '2026-12-02T12:00:00.000Z', audience: 'workload-identity-agent:d' }
const sent: string[] = []
const server = createServer(async (request, response) => {
  sent.push(`${request.method} ${request.url} ${await text(request)}`)
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(enrolment))
})
let api = ''

beforeAll(async () => {
  api = `http://127.0.0.1:${await listenOnFreePort(server)}`
})
afterAll(async () => {
  server.close()
  await directory.remove()
})

const enroll = (...args: readonly string[]) =>
  runWid(['--api', `${api}/people`, 'enroll', 'prod', '--image', 'registry.example.com/agent:1.0.0', ...args], {
    cwd: directory.path,
  })

test('prints the Secret with the code, the Deployment and the network policy of the agent', async () => {
  const { code, stdout } = await enroll()
  expect(code).toBe(0)
  expect(sent).toEqual(['POST /people/v1/clusters/prod/agent/enrolments {}'])
  const objects = parseAllDocuments(stdout).map((document) => document.toJS())
  expect(objects.map(({ kind }) => kind)).toEqual(['Secret', 'Deployment', 'NetworkPolicy'])
  expect(objects[0]).toMatchObject({ stringData: { code: 'c0de' } })
  const [container] = objects[1].spec.template.spec.containers
  expect(container).toMatchObject({
    image: 'registry.example.com/agent:1.0.0',
    env: expect.arrayContaining([
      { name: 'API_URL', value: api },
      { name: 'CLUSTER', value: 'prod' },
    ]),
  })
  expect(objects[1].spec.template.spec.volumes[0].projected.sources).toEqual([
    { serviceAccountToken: { audience: enrolment.audience, expirationSeconds: 3600, path: 'token' } },
  ])
})

test('with --renew, the code replaces an enrolled agent', async () => {
  await enroll('--renew')
  expect(sent.at(-1)).toBe('POST /people/v1/clusters/prod/agent/enrolments {"renew":true}')
})

test('the agent uses the namespace and the account of the rights', () => {
  expect([agentNamespace, agentAccount]).toEqual([accountNamespace, clusterAccount])
})
