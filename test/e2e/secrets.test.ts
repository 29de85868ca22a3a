import { cp } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts'
import { exampleBody } from '../support/api/requests.ts'
import { Notifications } from '../support/aws/notifications.ts'
import { python } from '../support/python.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { existingCluster } from './support/clusters/existing-cluster.ts'
import { filesBelow, formsOf, type Secret, type StoredFile } from './support/clusters/secret-search.ts'
import { secretArnOf } from './support/clusters/secrets.ts'
import { ownCluster } from './support/requests.ts'
import { functionProcesses, System, waitScale } from './support/system.ts'

/** Patterns of credentials: a token of a cluster, a session of STS, a token of Google, a private key. */
const patterns: readonly RegExp[] = [
  /eyJ[\w-]{8,}\.eyJ[\w-]{8,}/,
  /ASIA[A-Z0-9]{16}/,
  /FwoGZX\w{8,}/,
  /ya29\.[\w-]{8,}/,
  /-----BEGIN (\w+ )?PRIVATE KEY-----/,
]

/**
 * Files that hold credentials on purpose: Secrets Manager, their issuers, and the certificate authorities. The files of the
 * sandbox itself (bundles, the CDK's output) are searched for the secrets, but not for the patterns.
 */
const origins =
  /^(aws\/state\/(secretsmanager\.json|cognito-rsa-key\.pem)|kubernetes\/|authority\/|google\/service-account\.json)/
const code = /^(cdk\/|aws\/(tmp|s3|state\/lambda-blobs)\/)/

/** A separate sandbox, because the test searches its files after it has ended. */
let sandbox: Sandbox
let directory: Awaited<ReturnType<typeof temporaryDirectory>>
let files: StoredFile[] = []
const answers: string[] = []
const reported: string[] = []
/** Values in Secrets Manager, and values that a request had instead of an ARN, which must not be stored anywhere. */
const secrets: Secret[] = []
const sent: Secret[] = []

/** A unique value for a secret. */
function planted(name: string, among = secrets): string {
  const value = `planted-${name}-${crypto.randomUUID()}`
  among.push({ name, value })
  return value
}

beforeAll(async () => {
  directory = await temporaryDirectory()
  await cp(inject('deployedState'), directory.path, { recursive: true })
  sandbox = await startSandbox({
    directory: directory.path,
    python,
    port: 0,
    waitScale: waitScale / 5,
    functionProcesses,
    report: () => {},
  })
  sandbox.kubernetes.provisioningMs = 100
  recordAnswers()
  await use(new System(sandbox))
  await sandbox.close()
  files = await filesBelow(directory.path)
}, 240_000)

afterAll(async () => {
  vi.restoreAllMocks()
  await sandbox?.close()
  await directory?.remove()
})

describe('a value in Secrets Manager, or a credential made from it,', () => {
  it('is in no log, history, record or other file', () => {
    for (const { name, value } of [...secrets, ...sent]) {
      expect(
        filesWith(formsOf(value)).filter((file) => !origins.test(file)),
        name,
      ).toEqual([])
    }
  })

  it.each([
    ['answer of the API', answers],
    ['notification', reported],
  ])('is in no %s', (_, texts) => {
    const text = texts.join('\n')
    for (const { name, value } of [...secrets, ...sent]) {
      expect(
        formsOf(value).filter((form) => text.includes(form)),
        name,
      ).toEqual([])
    }
    for (const pattern of patterns) expect(text).not.toMatch(pattern)
  })

  it('is not in another form either: no file has a text like a token, a session or a key', () => {
    const observed = files.filter(({ name }) => !origins.test(name) && !code.test(name))
    expect(
      observed.filter(({ text }) => patterns.some((pattern) => pattern.test(text))).map(({ name }) => name),
    ).toEqual([])
  })

  it('would be found: the search covers logs, histories, the record, notifications and the secrets', () => {
    const operationId = /operations\/([0-9a-f-]{36})/.exec(answers.join('\n'))?.[1] ?? 'no operation'
    const state = ['cloudwatch_logs', 'dynamodb', 'stepfunctions'].map((name) => `aws/state/${name}.json`)
    expect(filesWith([operationId])).toEqual(expect.arrayContaining(state))
    expect(reported.join('\n')).toContain(operationId)
    expect(files.map(({ name }) => name)).toEqual(expect.arrayContaining(['aws/ministack.log']))
    // Secrets Manager stores only the last two versions of Google's secret.
    const lost = secrets.filter(({ value }) => filesWith(formsOf(value)).length === 0)
    expect(lost.filter(({ name }) => !name.startsWith('Google'))).toEqual([])
    expect(secrets.length).toBeGreaterThan(20)
  })
})

function filesWith(forms: readonly string[]): string[] {
  return files.filter(({ text }) => forms.some((form) => text.includes(form))).map(({ name }) => name)
}

/** Runs setups that succeed, and a setup that fails for each kind of invalid secret. */
async function use(system: System): Promise<void> {
  const notifications = await Notifications.open(
    system.sandbox.aws,
    system.sandbox.deployment.outputs.NotificationTopicArn ?? '',
  )
  const complete = await ownCluster(system, 'secrets')
  const done = await system.setUp(complete.body())
  expect(done.error).toBeUndefined()
  for (const name of ['management', complete.name]) {
    secrets.push({ name: `token of ${name}`, value: sandbox.kubernetes.cluster(name)?.adminToken ?? '' })
  }
  await useBrokenClusterSecrets(system)
  await useBrokenGoogleSecrets(system)
  for (const where of ['/v1/operations', '/v1/clusters', `/v1/clusters/${complete.name}`, '/v1/openapi.json']) {
    await fetch(system.api + where)
  }
  reported.push(...(await notifications.take()))
}

async function useBrokenClusterSecrets(system: System): Promise<void> {
  const own = await existingCluster(system, 'secrets')
  const good = own.cluster.kubeconfig()
  secrets.push({ name: `token of ${own.name}`, value: own.cluster.adminToken })
  const leaf = await sandbox.authority.issue(['client'])
  secrets.push({ name: 'client key', value: longestLine(leaf.key) })
  const server = /server: (\S+)/.exec(good)?.[1]
  const caData = /certificate-authority-data: (\S+)/.exec(good)?.[1]
  const base64 = (text: string) => Buffer.from(text).toString('base64')
  const plain = (fields: object) => JSON.stringify({ server, caData, ...fields })
  const token = /token: \S+/

  const values: Readonly<Record<string, string>> = {
    'neither YAML nor JSON': `token: ${planted('unparsable')}: [`,
    'a text': planted('text'),
    'a list': `- ${planted('list')}`,
    'another object': JSON.stringify({ password: planted('object') }),
    'a program to run': good.replace(token, `exec: { command: ${planted('command')} }`),
    'a plug-in': good.replace(token, `auth-provider: { name: ${planted('plug-in')} }`),
    'a file': good.replace(token, `tokenFile: /run/${planted('file')}`),
    'a user and a password': good.replace(token, `username: admin\n      password: ${planted('password')}`),
    'a wrong token': good.replace(token, `token: ${planted('token')}`),
    'a token with a line break': plain({ token: `${planted('broken token')}\nx` }),
    'a token in a list': plain({ token: [planted('token in a list')] }),
    'a server with a password': plain({ server: `https://admin:${planted('server')}@127.0.0.1`, token: 'x' }),
    'a server that is no URL': plain({ server: planted('no URL'), token: 'x' }),
    'a proxy with a password': good.replace(
      /server: \S+/,
      `$&\n      proxy-url: http://u:${planted('proxy')}@proxy.invalid:1`,
    ),
    'a CA that is none': plain({ caData: base64(`-----BEGIN CERTIFICATE-----\n${planted('CA')}`), token: 'x' }),
    'a key that is none': plain({
      clientCertificateData: base64(leaf.chain),
      clientKeyData: base64(`-----BEGIN PRIVATE KEY-----\n${planted('key')}\n-----END PRIVATE KEY-----`),
    }),
    'a client certificate of another CA': plain({
      clientCertificateData: base64(leaf.chain),
      clientKeyData: base64(leaf.key),
    }),
  }
  for (const [index, [name, value]] of Object.entries(values).entries()) {
    await sandbox.secrets.keep(`${own.name}/${index}`, value)
    const edits = { 'cluster.credentialsSecretArn': secretArnOf(`${own.name}/${index}`) }
    const ended = await system.setUp(own.body(edits))
    expect(ended.error, name).toMatchObject({ step: 'CheckCluster' })
  }
  expect((await system.setUp(own.body())).error).toBeUndefined()
  await own.host.close()
  await refuseSecretInRequest(system)
}

/** Sends a secret's value instead of its ARN. The API must refuse it without repeating it. */
async function refuseSecretInRequest(system: System): Promise<void> {
  const value = planted('value in a request', sent)
  const arn = secretArnOf('x/management')
  const body = exampleBody('setup', {
    'cluster.credentialsSecretArn': value,
    'cluster.management.credentialsSecretArn': arn,
  })
  expect((await system.post(body)).status).toBe(400)
}

async function useBrokenGoogleSecrets(system: System): Promise<void> {
  const key: Record<string, string> = JSON.parse(sandbox.google.credentials)
  secrets.push({ name: 'private key of Google', value: longestLine(key.private_key ?? '') })
  const values: Readonly<Record<string, string>> = {
    'no JSON': `{ "private_key": "${planted('Google, no JSON')}`,
    'a program to run': JSON.stringify({
      type: 'external_account',
      credential_source: { executable: { command: planted('Google, command') } },
    }),
    'a key that is none': JSON.stringify({
      ...key,
      private_key: `-----BEGIN PRIVATE KEY-----\n${planted('Google, key')}`,
    }),
    'another account': JSON.stringify({
      ...key,
      client_email: `${planted('Google, account').slice(0, 60)}@example.com`,
    }),
  }
  const own = await ownCluster(system, 'cloud-secrets')
  for (const [name, value] of Object.entries(values)) {
    await sandbox.secrets.keep('google-credentials', value)
    const ended = await system.setUp(own.body())
    expect(ended.error, name).toMatchObject({ step: 'CreateBucket' })
  }
}

function longestLine(pem: string): string {
  return pem.split('\n').reduce((longest, line) => (line.length > longest.length ? line : longest), '')
}

/** Records all further answers of the API. */
function recordAnswers(): void {
  const plain = globalThis.fetch
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (...call) => {
    const response = await plain(...call)
    if (String(call[0]).startsWith(sandbox.gateway.url)) {
      const headers = JSON.stringify([...response.headers])
      answers.push(`${headers}\n${await response.clone().text()}`)
    }
    return response
  })
}
