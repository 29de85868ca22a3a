import { randomUUID } from 'node:crypto'
import { beforeEach, describe, expect, test } from 'vitest'
import { readAgent, storeRequest } from '../../../lambdas/agent/agent-record.ts'
import { accessByAgent } from '../../../lambdas/agent/relay.ts'
import { createAgentKeys } from '../../../lambdas/agent/sealing.ts'
import * as createEnrolment from '../../../lambdas/api/agents/create-enrolment.ts'
import * as enrolAgent from '../../../lambdas/api/agents/enrol-agent.ts'
import * as getWork from '../../../lambdas/api/agents/get-work.ts'
import * as putAnswer from '../../../lambdas/api/agents/put-answer.ts'
import type { ApiHandler } from '../../../lambdas/api/operation.ts'
import { signingKeyResource } from '../../../lambdas/claims/claim.ts'
import { hold } from '../../../lambdas/claims/claims.ts'
import { usableKeys } from '../../../lambdas/clouds/public-key.ts'
import { identified } from '../../../lambdas/discovery/published-keys.ts'
import { writeStatus } from '../../../lambdas/operations/record/status-record.ts'
import { keys } from '../../../lambdas/operations/record/table.ts'
import { signingKey } from '../../support/agent/agent-tokens.ts'
import { alice } from '../../support/api/alice.ts'
import { apiAccount, callApi } from '../../support/api/api.ts'
import { recordEndedSetup } from '../../support/api/operations.ts'

apiAccount()

const key = await signingKey()
const { publicKey } = await createAgentKeys()
const facts = { version: '1.0.0', server: 'https://10.96.0.1:443', authorities: 'PEM', publicKey }
const keySet = { keys: [key.jwk] }
let count = 0
let cluster = ''

beforeEach(() => {
  count += 1
  cluster = `edge-${count}`
})

async function codeFor(body?: object): Promise<string> {
  const { status, body: made } = await callApi(createEnrolment.handler, {
    parameters: { cluster },
    ...(body && { body }),
  })
  expect(status).toBe(200)
  return made.code
}

async function call(handler: ApiHandler, body: unknown, { token = key.token(), id = '', to = cluster } = {}) {
  const headers = { authorization: `Bearer ${await token}`, 'content-type': 'application/json' }
  return callApi(handler, { parameters: { cluster: to, id }, headers, body })
}

const enrol = (code: string, options?: Parameters<typeof call>[2], keysOf = keySet) =>
  call(enrolAgent.handler, { code, keySet: keysOf, facts }, options)
const work = (options?: Parameters<typeof call>[2], more = {}) =>
  call(getWork.handler, { facts, working: [], ...more }, options)
const answer = (id: string, sealed = 'sealed', options = {}) => call(putAnswer.handler, { sealed }, { id, ...options })

const enrolled = async () => expect((await enrol(await codeFor())).status).toBe(200)
const notEnrolled = { status: 401, body: { type: 'urn:workload-identity:problem:not-enrolled' } }

describe('an enrolment', () => {
  test('records the keys and the account of the agent, and who has created the code', async () => {
    await enrolled()
    expect(await readAgent(cluster)).toMatchObject({ accountUid: 'account-uid', enrolledBy: alice, facts })
  })

  test('needs a code, which works once', async () => {
    expect(await enrol('guessed')).toMatchObject(notEnrolled)
    const code = await codeFor()
    expect((await enrol(code)).status).toBe(200)
    expect(await enrol(code)).toMatchObject(notEnrolled)
  })

  test('needs the code of its own cluster', async () => {
    const code = await codeFor()
    expect(await enrol(code, { to: `${cluster}-other` })).toMatchObject(notEnrolled)
  })

  test('needs a token that a key of the key set has signed, and leaves the code usable otherwise', async () => {
    const code = await codeFor()
    const forged = (await signingKey(key.jwk.kid)).token()
    expect(await enrol(code, { token: forged })).toMatchObject(notEnrolled)
    expect((await enrol(code)).status).toBe(200)
  })

  test('does not replace an enrolled agent, unless the code renews it', async () => {
    await enrolled()
    expect((await callApi(createEnrolment.handler, { parameters: { cluster } })).status).toBe(409)
    const other = await signingKey()
    const code = await codeFor({ renew: true })
    expect((await enrol(code, { token: other.token() }, { keys: [other.jwk] })).status).toBe(200)
    expect(await work()).toMatchObject(notEnrolled)
  })

  test('is refused with the signing key of another cluster', async () => {
    const owner = await recordEndedSetup()
    const claimed = await signingKey()
    const claimedSet = { keys: [claimed.jwk] }
    const [own] = await identified(usableKeys(claimedSet))
    const resource = signingKeyResource(own?.thumbprint ?? '')
    await hold([resource], { cluster: owner })
    const { status, body } = await enrol(await codeFor(), { token: claimed.token() }, claimedSet)
    expect(status).toBe(409)
    expect(JSON.stringify(body)).not.toContain(owner)
    expect(await readAgent(cluster)).toBeUndefined()
  })
})

describe('a call for work', () => {
  test('needs an enrolled agent, and its token', async () => {
    expect(await work()).toMatchObject(notEnrolled)
    await enrolled()
    expect((await work({ token: key.token({ accountUid: 'made-again' }) })).status).toBe(401)
    expect((await work({ token: key.token({ subject: 'system:serviceaccount:default:app' }) })).status).toBe(401)
    expect((await work({ token: Promise.resolve('no.token.') })).status).toBe(401)
    expect((await work({ to: `${cluster}-other` })).status).toBe(401)
  })

  test('returns the requests that are sealed to the key of the agent, except those on which it works', async () => {
    await enrolled()
    const [own, running, ofOther] = [randomUUID(), randomUUID(), randomUUID()]
    await storeRequest(cluster, { id: own, publicKey, sealed: 'a' })
    await storeRequest(cluster, { id: running, publicKey, sealed: 'b' })
    await storeRequest(cluster, { id: ofOther, publicKey: 'x'.repeat(43), sealed: 'c' })
    const { body } = await work({}, { working: [running] })
    expect(body).toEqual({ requests: [{ id: own, sealed: 'a' }], nextCallInSeconds: 0 })
  })

  test('with a token of a known key introduces a new key', async () => {
    await enrolled()
    const next = await signingKey()
    await storeRequest(cluster, { id: randomUUID(), publicKey, sealed: 'a' })
    expect((await work({ token: next.token() })).status).toBe(401)
    expect((await work({}, { keySet: { keys: [key.jwk, next.jwk] } })).status).toBe(200)
    expect((await work({ token: next.token() })).status).toBe(200)
  })

  test('cannot announce keys without its own', async () => {
    await enrolled()
    const next = await signingKey()
    await storeRequest(cluster, { id: randomUUID(), publicKey, sealed: 'a' })
    expect((await work({}, { keySet: { keys: [next.jwk] } })).status).toBe(200)
    expect((await work({ token: next.token() })).status).toBe(401)
  })

  test('with a token of a revoked key is refused, and introduces no key', async () => {
    cluster = await recordEndedSetup()
    await enrolled()
    const [own] = await identified(usableKeys(keySet))
    const thumbprint = own?.thumbprint ?? ''
    const revoked = { kid: key.jwk.kid, thumbprint, revokedAt: new Date().toISOString(), revokedBy: alice }
    await writeStatus(keys.cluster(cluster), {}, { revokedKeys: [revoked] })
    const next = await signingKey()
    expect(await work({}, { keySet: { keys: [key.jwk, next.jwk] } })).toMatchObject(notEnrolled)
    expect(await work({ token: next.token() })).toMatchObject(notEnrolled)
  })
})

describe('an answer', () => {
  test('is stored once for a request of the own cluster', async () => {
    await enrolled()
    const id = randomUUID()
    expect((await answer(id)).status).toBe(404)
    await storeRequest(cluster, { id, publicKey, sealed: 'a' })
    expect((await answer(id, 'sealed', { to: `${cluster}-other` })).status).toBe(401)
    expect((await answer(id)).status).toBe(200)
    expect((await answer(id)).status).toBe(404)
  })

  test('needs the token of the agent', async () => {
    await enrolled()
    const id = randomUUID()
    await storeRequest(cluster, { id, publicKey, sealed: 'a' })
    expect((await answer(id, 'sealed', { token: (await signingKey()).token() })).status).toBe(401)
  })
})

describe('the access of a function', () => {
  test('does not exist without an agent', async () => {
    expect(await accessByAgent(cluster)).toBeUndefined()
  })

  test('makes the agent call without a pause, and an unreadable answer is an error of the agent', async () => {
    await enrolled()
    const access = await accessByAgent(cluster)
    const request = {
      origin: '',
      path: '/version',
      method: 'GET',
      headers: {},
      signal: AbortSignal.timeout(10_000),
    } as const
    const sent = access?.transport(request)
    const requests = (await work()).body.requests
    expect(requests).toHaveLength(1)
    expect((await answer(requests[0].id, 'a.b.c.d.e')).status).toBe(200)
    await expect(sent).rejects.toMatchObject({
      name: 'Unreachable',
      object: `agent of cluster ${cluster}`,
      reason: 'its answer is not readable',
    })
  })
})
