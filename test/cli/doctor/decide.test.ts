import { expect, test } from 'vitest'
import {
  clockFinding,
  clusterFindings,
  concurrencyFinding,
  nodeFinding,
  secretFinding,
  serverFinding,
  unusedSecretFindings,
} from '../../../cli/doctor/decide.ts'
import { storedCredentials } from '../../../cli/doctor/stored-credentials.ts'

const now = new Date('2026-11-27T12:00:00Z')

test('reports a Node older than the package requires', () => {
  for (const version of ['22.19.0', '22.20.1', '24.3.0']) {
    expect(nodeFinding(version, '>=22.19.0')).toMatchObject({ state: 'ok' })
  }
  expect(nodeFinding('22.9.1', '>=22.19.0')).toMatchObject({
    state: 'problem',
    toDo: 'Install Node.js 22.19.0 or newer.',
  })
})

test.for([
  { date: 'Fri, 27 Nov 2026 11:55:00 GMT', state: 'ok', found: '300 s ahead of the API' },
  { date: 'Fri, 27 Nov 2026 12:05:01 GMT', state: 'problem', found: '301 s behind the API' },
  { date: null, state: 'unknown', found: 'the API does not say its time' },
])('the clock is $state if the date of the API is $date', ({ date, state, found }) => {
  expect(clockFinding(date, now)).toMatchObject({ state, found })
})

test.for([
  { concurrency: 1000, state: 'ok', found: 'at most 1000 functions of the account can run at once in this region' },
  { concurrency: 50, state: 'ok', found: 'at most 50 functions of the account can run at once in this region' },
  { concurrency: 10, state: 'problem', found: 'at most 10 functions of the account can run at once in this region' },
  { concurrency: 'denied', state: 'unknown', found: 'you may not read the concurrency limit of the account' },
] as const)('a Lambda quota of $concurrency is $state', ({ concurrency, state, found }) => {
  expect(concurrencyFinding(concurrency)).toMatchObject({ check: 'Lambda quota', state, found })
})

test('a low Lambda quota has the command that raises it', () => {
  expect(concurrencyFinding(10).toDo).toContain('request-service-quota-increase --service-code lambda')
  expect(concurrencyFinding('denied').toDo).toContain('lambda:GetAccountSettings')
})

const condition = { reason: 'Succeeded', message: '', lastTransitionTime: now.toISOString() }
const cluster = {
  name: 'prod',
  provider: 'existing',
  connection: 'direct' as const,
  health: { state: 'failing' as const, because: 'WebhookReady' },
  generation: 1,
  lastOperationId: 'id',
  createdAt: now.toISOString(),
  updatedAt: now.toISOString(),
  spec: {},
  status: {
    conditions: [
      { ...condition, type: 'ClusterReady' as const, status: 'True' as const },
      { ...condition, type: 'WebhookReady' as const, status: 'False' as const, reason: 'Waiting', message: 'no pod' },
      {
        ...condition,
        type: 'Verified' as const,
        status: 'Unknown' as const,
        reason: 'Unreachable',
        message: 'no answer',
      },
    ],
    workloads: [],
    thumbprints: [],
    webhook: { mode: 'own-ca' },
  },
}

test('a false condition is a problem, and an unknown one is not', () => {
  expect(clusterFindings(cluster)).toEqual([
    { check: 'ClusterReady', state: 'ok', found: 'Succeeded' },
    {
      check: 'WebhookReady',
      state: 'problem',
      found: 'Waiting: no pod',
      toDo: expect.stringContaining('wid watch id'),
    },
    { check: 'Verified', state: 'unknown', found: 'Unreachable: no answer', toDo: expect.any(String) },
    { check: 'webhook', state: 'ok', found: 'own-ca' },
  ])
})

test('the webhook is unknown until a setup has installed it', () => {
  const { webhook: _, ...status } = cluster.status
  expect(clusterFindings({ ...cluster, status }).at(-1)).toMatchObject({ check: 'webhook', state: 'unknown' })
})

const secret = { arn: 'arn:secret', renewal: 'wid connect prod' }

/** Credentials with a token that ends after this number of days, and was issued this number of days before its end. */
function endingAfter(days: number, lifetime?: number): ReturnType<typeof storedCredentials> {
  const exp = now.getTime() / 1000 + days * 86_400
  const iat = lifetime && exp - lifetime * 86_400
  const token = `head.${Buffer.from(JSON.stringify({ iat, exp })).toString('base64url')}.signature`
  return storedCredentials(JSON.stringify({ server: 'https://prod.example', caData: 'Y2E=', token }))
}

test.for([
  { days: 14, state: 'ok', found: 'the credentials in arn:secret expire 2026-12-11T12:00:00.000Z' },
  { days: 13, state: 'problem', found: 'the credentials in arn:secret expire 2026-12-10T12:00:00.000Z' },
  { days: -1, state: 'problem', found: 'the credentials in arn:secret expired 2026-11-26T12:00:00.000Z' },
])('credentials that end after $days days are $state', ({ days, state, found }) => {
  expect(secretFinding({ ...secret, stored: endingAfter(days) }, now)).toMatchObject({ state, found })
})

test.for([
  { days: 13, lifetime: 90, state: 'problem' },
  { days: 14, lifetime: 90, state: 'ok' },
  { days: 10, lifetime: 30, state: 'ok' },
  { days: 9, lifetime: 30, state: 'problem' },
  { days: 0.5, lifetime: 1, state: 'ok' },
  { days: 0.25, lifetime: 1, state: 'problem' },
])('credentials for $lifetime days that end after $days days are $state', ({ days, lifetime, state }) => {
  expect(secretFinding({ ...secret, stored: endingAfter(days, lifetime) }, now)).toMatchObject({ state })
})

test('a secret without credentials has the command that stores them, and other credentials are no problem', () => {
  for (const stored of ['absent', undefined] as const) {
    expect(secretFinding({ ...secret, stored }, now)).toMatchObject({
      state: 'problem',
      toDo: '"wid connect prod" creates a token and stores it.',
    })
  }
  expect(secretFinding({ ...secret, stored: 'denied' }, now).state).toBe('unknown')
  const endless = storedCredentials(JSON.stringify({ server: 'https://prod.example', caData: 'Y2E=', token: 'opaque' }))
  expect(secretFinding({ ...secret, stored: endless }, now).state).toBe('ok')
})

test.for([
  { answer: { minor: 33 }, state: 'ok', words: 'https://prod.example (Kubernetes 1.33) accepts the credentials' },
  { answer: 'refused', state: 'problem', words: 'https://prod.example refuses the credentials in the secret' },
  { answer: { unreachable: 'no route' }, state: 'unknown', words: 'no route' },
] as const)('an API server with the answer $answer is $state', ({ answer, state, words }) => {
  const finding = serverFinding('https://prod.example', answer, 'wid connect prod')
  expect(finding).toMatchObject({ state, found: words })
  if (state === 'problem') expect(finding.toDo).toContain('wid connect prod')
})

test('a value that remains in the secret of a cluster with an agent is a problem, and a secret without a value is none', () => {
  const name = 'workload-identity/edge-1/user-cluster'
  const own = { secret: name, region: 'eu-west-1' }
  expect(unusedSecretFindings(own, { value: 'a kubeconfig' })).toEqual([
    {
      check: 'secret',
      state: 'problem',
      found: `${name} still has a value, but an agent connects the cluster, so no operation reads the secret`,
      toDo: `Delete it: "aws secretsmanager delete-secret --region eu-west-1 --secret-id ${name}".`,
    },
  ])
  expect(unusedSecretFindings(own, 'absent')).toEqual([])
  expect(unusedSecretFindings(own, 'denied')).toEqual([])
})
