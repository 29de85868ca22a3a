import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { Ajv } from 'ajv'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import { agentAudience } from '../../../lambdas/agent/token.ts'
import { listenOnFreePort } from '../../../sandbox/network/listen.ts'
import { temporaryDirectory } from '../../support/temporary.ts'
import { runWid } from '../support/run-wid.ts'

const directory = await temporaryDirectory()
const enrolment = {
  code: 'dGhlIGNvZGUgb2YgYSB0ZXN0LCAzMiBieXRlcyBsb25',
  expiresAt: '2026-12-02T12:00:00.000Z',
  audience: agentAudience('d'),
}
const inChart = (file: string) => path.join(import.meta.dirname, '../../../charts/agent', file)
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
  runWid(['--api', `${api}/people`, ...args, 'enroll', 'prod'], { cwd: directory.path })

test('prints the values of the chart, with a code', async () => {
  const { code, stdout } = await enroll()
  expect(code).toBe(0)
  expect(sent).toEqual(['POST /people/v1/clusters/prod/agent/enrolments {}'])
  expect(stdout).toBe(
    `${[`apiUrl: "${api}"`, 'cluster: "prod"', `audience: "${enrolment.audience}"`, `code: "${enrolment.code}"`].join('\n')}\n`,
  )
})

test('with --output json, the values are an object', async () => {
  const { stdout } = await enroll('--output', 'json')
  const values = { apiUrl: api, cluster: 'prod', audience: enrolment.audience, code: enrolment.code }
  expect(JSON.parse(stdout)).toEqual({ type: 'enrolment', cluster: 'prod', expiresAt: enrolment.expiresAt, values })
})

test('the chart accepts the values together with an image, and refuses others', async () => {
  const isValid = new Ajv({ strict: false }).compile(JSON.parse(readFileSync(inChart('values.schema.json'), 'utf8')))
  const values = { ...parse((await enroll()).stdout), image: { repository: 'registry.example.com/agent' } }
  expect([isValid(values), isValid.errors]).toEqual([true, null])
  expect(isValid({ ...values, image: {} })).toBe(false)
  expect(isValid({ ...values, expiresAt: enrolment.expiresAt })).toBe(false)
})

test('with --renew, the code replaces an enrolled agent', async () => {
  await runWid(['--api', api, 'enroll', 'prod', '--renew'], { cwd: directory.path })
  expect(sent.at(-1)).toBe('POST /v1/clusters/prod/agent/enrolments {"renew":true}')
})
