import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { readAgent, requestsTo, storeRequest } from '../../../lambdas/agent/agent-record.ts'
import { accessByAgent } from '../../../lambdas/agent/relay.ts'
import { createAgentKeys } from '../../../lambdas/agent/sealing.ts'
import { agentSubject } from '../../../lambdas/agent/token.ts'
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
import { keys, table } from '../../../lambdas/operations/record/table.ts'
import { update, write } from '../../../lambdas/operations/record/writes.ts'
import { audience, signingKey } from '../../support/agent/agent-tokens.ts'
import { alice } from '../../support/api/alice.ts'
import { apiAccount, callApi } from '../../support/api/api.ts'
import { recordEndedSetup } from '../../support/api/operations.ts'
import { throttleOnce } from '../../support/aws/throttle.ts'

apiAccount()

const key = await signingKey()
const { publicKey } = await createAgentKeys()
const facts = { version: '1.0.0', server: 'https://10.96.0.1:443', authorities: 'PEM', publicKey }
const keySet = { keys: [key.jwk] }
let count = 0
let cluster = ''

afterEach(() => vi.useRealTimers())
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
    expect(body).toEqual({
      requests: [{ id: own, sealed: 'a', seconds: expect.toSatisfy((seconds) => seconds > 35 && seconds <= 40) }],
      nextCallInSeconds: 0,
    })
  })

  test('records the new key of a restarted agent at once, so that requests are sealed to it', async () => {
    await enrolled()
    const restarted = { ...facts, publicKey: (await createAgentKeys()).publicKey }
    expect((await work({}, { facts: restarted })).status).toBe(200)
    expect(await readAgent(cluster)).toMatchObject({ facts: restarted })
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

/** Sets the clock of the functions, and not the timers. */
const later = (seconds: number) => vi.useFakeTimers({ now: Date.now() + seconds * 1000, toFake: ['Date'] })

describe('a request', () => {
  const stored = async () => {
    const id = randomUUID()
    await enrolled()
    await storeRequest(cluster, { id, publicKey, sealed: 'a' })
    return id
  }

  test('is given to the agent while its function waits for 5 more seconds, and not later', async () => {
    const id = await stored()
    const given = async () => (await requestsTo(cluster, publicKey)).requests.map((request) => request.id)
    later(33)
    expect(await given()).toEqual([id])
    later(3)
    expect(await given()).toEqual([])
  })

  test('waits for the next call when it would make the response of the function too long', async () => {
    await enrolled()
    const sealed = 'a'.repeat(390_000)
    const ids = Array.from({ length: 14 }, () => randomUUID())
    for (const id of ids) await storeRequest(cluster, { id, publicKey, sealed })
    const { body } = await work()
    const given = body.requests.map(({ id }: { id: string }) => id)
    expect(given).toHaveLength(12)
    const rest = await work({}, { working: given })
    expect(rest.body.requests).toHaveLength(2)
  })

  test('gets no answer after the time for which its function waits', async () => {
    const id = await stored()
    later(41)
    expect((await answer(id)).status).toBe(404)
  })

  test('is withdrawn when its function stops waiting', async () => {
    await enrolled()
    const access = await accessByAgent(cluster)
    const ended = new AbortController()
    const request = { origin: '', path: '/version', method: 'GET', headers: {}, signal: ended.signal } as const
    const sent = access?.transport(request)
    await vi.waitFor(async () => expect((await work()).body.requests).toHaveLength(1))
    ended.abort()
    await expect(sent).rejects.toThrow('no answer within')
    expect((await requestsTo(cluster, publicKey)).requests).toEqual([])
  })
})

describe('calls without a token of the agent', () => {
  const unsigned = (claims: object) =>
    [{ alg: 'ES256' }, claims, 'x'].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
  const exp = Math.floor(Date.now() / 1000) + 3600

  test('are refused without a read, 10,000 of them within a minute, and the agent works afterwards', async () => {
    await enrolled()
    const tokens = [
      '',
      'a.b.c',
      unsigned({ sub: agentSubject, aud: 'sts.amazonaws.com', exp }),
      unsigned({ sub: 'system:serviceaccount:default:app', aud: audience, exp }),
      unsigned({ sub: agentSubject, aud: audience, exp: exp - 4000 }),
    ]
    const read = vi.spyOn(table, 'send')
    const startedAt = performance.now()
    for (let at = 0; at < 10_000; at += 1) {
      const token = Promise.resolve(tokens[at % tokens.length] ?? '')
      const { status } = await (at % 2 ? work({ token }) : answer(randomUUID(), 'sealed', { token }))
      expect(status).toBe(401)
    }
    expect(performance.now() - startedAt).toBeLessThan(60_000)
    expect(await enrol('guessed', { token: Promise.resolve('a.b.c') })).toMatchObject(notEnrolled)
    expect(read).not.toHaveBeenCalled()
    read.mockRestore()
    await storeRequest(cluster, { id: randomUUID(), publicKey, sealed: 'a' })
    expect((await work()).body.requests).toHaveLength(1)
  })

  test('get the same response whether the cluster has an agent or not', async () => {
    const token = Promise.resolve(unsigned({ sub: agentSubject, aud: audience, exp }))
    const without = await work({ token })
    await enrolled()
    expect(await work({ token })).toEqual(without)
  })
})

describe('a compromised agent', () => {
  test('cannot hold many calls: each new call ends the one before', async () => {
    await enrolled()
    const first = work()
    await vi.waitFor(async () => expect((await requestsTo(cluster, publicKey)).waiting).toBeDefined())
    const startedAt = performance.now()
    const second = work()
    expect((await first).body).toEqual({ requests: [], nextCallInSeconds: 0 })
    expect(performance.now() - startedAt).toBeLessThan(5000)
    await storeRequest(cluster, { id: randomUUID(), publicKey, sealed: 'a' })
    expect((await second).body.requests).toHaveLength(1)
  })

  test('with an added key cannot lock out the agent, and loses the key to the first call with a later token', async () => {
    await enrolled()
    const thief = await signingKey()
    await storeRequest(cluster, { id: randomUUID(), publicKey, sealed: 'a' })
    expect((await work({}, { keySet: { keys: [key.jwk, thief.jwk] } })).status).toBe(200)
    expect((await work({ token: thief.token() }, { keySet: { keys: [thief.jwk] } })).status).toBe(200)
    const renewed = key.token({ issuedAt: new Date(Date.now() + 2000) })
    expect((await work({ token: renewed }, { keySet })).status).toBe(200)
    expect((await work({ token: thief.token() }, { keySet: { keys: [key.jwk, thief.jwk] } })).status).toBe(401)
  })

  test.for([
    { version: '\u001b]0;title\u0007' },
    { version: '<img src=x onerror=alert(1)>' },
    { server: 'https://example.com/log-in-here?cluster=prod' },
    { server: 'http://10.96.0.1' },
    { server: 'https://user@example.com' },
  ])('cannot put %j into views and messages', async (lie) => {
    await enrolled()
    const { status } = await work({}, { facts: { ...facts, ...lie } })
    expect(status).toBe(400)
    expect((await readAgent(cluster))?.facts).toEqual(facts)
  })

  test('is refused when the record of its cluster is not readable, because its key may be revoked', async () => {
    await enrolled()
    await write(update(keys.cluster(cluster), { set: { status: 'unreadable' } }))
    expect((await work()).status).toBe(500)
  })

  test('cannot fill the memory of a function with brackets', async () => {
    const agent = await createAgentKeys()
    const own = { ...facts, publicKey: agent.publicKey }
    await call(enrolAgent.handler, { code: await codeFor(), keySet, facts: own })
    const access = await accessByAgent(cluster)
    const signal = AbortSignal.timeout(30_000)
    const sent = access?.transport({ origin: '', path: '/version', method: 'GET', headers: {}, signal })
    const [{ id, sealed }] = (await work({}, { facts: own })).body.requests
    const brackets = '['.repeat(4_000_000) + ']'.repeat(4_000_000)
    const lie = await (await agent.openRequest(id, sealed)).sealAnswer(brackets)
    const parsed = vi.spyOn(JSON, 'parse')
    expect((await answer(id, lie)).status).toBe(200)
    await expect(sent).rejects.toMatchObject({ reason: 'its answer is not readable' })
    expect(parsed.mock.calls.filter(([text]) => text === brackets)).toEqual([])
    parsed.mockRestore()
  })
})

describe('after a throttled write', () => {
  test('an enrolment can be sent again with the same code', async () => {
    const code = await codeFor()
    throttleOnce()
    expect((await enrol(code)).status).toBeGreaterThanOrEqual(500)
    expect((await enrol(code)).status).toBe(200)
  })

  test('an answer can be sent again', async () => {
    await enrolled()
    const id = randomUUID()
    await storeRequest(cluster, { id, publicKey, sealed: 'a' })
    throttleOnce()
    expect((await answer(id)).status).toBeGreaterThanOrEqual(500)
    expect((await answer(id)).status).toBe(200)
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
