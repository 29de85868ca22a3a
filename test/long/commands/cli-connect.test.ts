import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { ApiException, CoreV1Api, KubeConfig, RbacAuthorizationV1Api } from '@kubernetes/client-node'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parse, parseAllDocuments, stringify } from 'yaml'
import { writeDescription } from '../../../sandbox/description.ts'
import { startGateway } from '../../../sandbox/gateway/server.ts'
import { deleteSecret, secretValue } from '../../e2e/support/aws-clients.ts'
import { userWhoMayCall } from '../../e2e/support/callers.ts'
import { type ExistingCluster, existingCluster } from '../../e2e/support/clusters/existing-cluster.ts'
import { ownCluster } from '../../e2e/support/requests.ts'
import { type System, system } from '../../e2e/support/system.ts'
import { wid, widOnTerminal } from '../../e2e/support/wid.ts'
import { temporaryDirectory } from '../../support/temporary.ts'

let running: System
let directory: Awaited<ReturnType<typeof temporaryDirectory>>

/** The first tests store its credentials. Each test uses the state that the previous one left. */
let own: ExistingCluster
/** The file of its request. */
let file: string

beforeAll(async () => {
  running = await system()
  directory = await temporaryDirectory()
  own = await unconnected('cli-connect')
  file = await fileOf(own.name, own.body())
})
afterAll(() => directory?.remove())

const account = 'workload-identity'

/** Runs wid in a folder with a running sandbox and the cluster's kubeconfig. */
const inSandbox = async (args: readonly string[]) => {
  await writeDescription(running.sandbox, path.join(directory.path, '.sandbox'))
  return wid(running, args, { cwd: directory.path })
}

/** The same at a terminal, with typed lines. */
const atTerminal = async (args: readonly string[], typed: readonly string[]) => {
  await writeDescription(running.sandbox, path.join(directory.path, '.sandbox'))
  const { code, shown } = await widOnTerminal(running, args, typed, { cwd: directory.path })
  return { code, shown: stripVTControlCharacters(shown) }
}

async function fileOf(name: string, body: unknown): Promise<string> {
  const file = path.join(directory.path, `${name}.yaml`)
  await writeFile(file, stringify(body))
  return file
}

function configOf(cluster: string): KubeConfig {
  const config = new KubeConfig()
  config.loadFromString(running.sandbox.kubernetes.localKubeconfig(cluster))
  return config
}

/** A cluster without stored credentials. */
async function unconnected(purpose: string): Promise<ExistingCluster> {
  const cluster = await existingCluster(running, purpose)
  await deleteSecret(running, cluster.secretArn)
  return cluster
}

function tokenIn(kubeconfig: string): string {
  const config = new KubeConfig()
  config.loadFromString(kubeconfig)
  return config.getCurrentUser()?.token ?? ''
}

async function roleIn(cluster: string, namespace: string) {
  const api = configOf(cluster).makeApiClient(RbacAuthorizationV1Api)
  return api.readNamespacedRole({ name: account, namespace }).catch((error: unknown) => {
    if (error instanceof ApiException && error.code === 404) return undefined
    throw error
  })
}

test('wid rights shows an error of the request with its line and column in the file', async () => {
  const wrong = await fileOf(`${own.name}-wrong`, own.body({ 'webhook.namespace': 'Not_A_Name' }))
  const { code, err } = await wid(running, ['rights', '-f', wrong])
  expect(code).toBe(3)
  expect(err).toMatch(new RegExp(`${own.name}-wrong\\.yaml:\\d+:\\d+: webhook\\.namespace`))
})

test('wid rights applies the rights and their namespaces, changes nothing the second time, and shows the effect of a changed request', async () => {
  const other = await existingCluster(running, 'cli-rights')
  const request = await fileOf(other.name, other.body())
  const unconfirmed = await inSandbox(['rights', '-f', request, '--apply'])
  expect([unconfirmed.code, unconfirmed.err]).toEqual([
    2,
    'Standard input is not a terminal, so the command cannot prompt. Use --yes.\n',
  ])
  expect(await roleIn(other.name, 'reports')).toBeUndefined()

  const first = await inSandbox(['rights', '-f', request, '--apply', '--yes', '--named-accounts'])
  expect(first.code, first.err).toBe(0)
  expect(first.out).toMatch(/would create +Namespace reports\n/)
  expect(first.out).toContain('would create  Role reports/workload-identity\n')
  expect((await roleIn(other.name, 'reports'))?.metadata?.managedFields?.map(({ manager }) => manager)).toEqual([
    'workload-identity-cli',
  ])

  const again = await inSandbox(['rights', '-f', request, '--apply', '--named-accounts'])
  expect([again.code, again.out]).toEqual([0, expect.stringContaining('The cluster already has these rights.')])

  const more = await fileOf(`${other.name}-more`, other.body({ 'workloads.0.serviceAccount': 'other' }))
  const changed = await inSandbox(['rights', '-f', more, '--apply', '--yes', '--named-accounts'])
  expect(changed.out).toMatch(/would change +Role reports\/workload-identity\n +rules\n +- .*exporter.*\n/)
  expect(JSON.stringify((await roleIn(other.name, 'reports'))?.rules)).toContain('"other"')
})

test('wid connect needs the request of a cluster without a record, and changes nothing before the user confirms', async () => {
  const unknown = await inSandbox(['connect', own.name, '--yes'])
  expect([unknown.code, unknown.err]).toEqual([3, expect.stringContaining('name the file of the request with -f')])
  const args = ['connect', own.name, '-f', file]
  for (const [typed, code] of [
    ['n', 1],
    ['', 1],
    ['\u0003', 130],
  ] as const) {
    const left = await atTerminal(args, [typed])
    expect(left.code, left.shown).toBe(code)
    expect(left.shown).toContain('would create  Role reports/workload-identity')
    expect(left.shown.replaceAll(/\s+/g, ' ')).toContain(
      `Apply these rights, and make a token on ${own.name} (https://${own.name}.clusters.example.com:443) and put it into the secret workload-identity/${own.name}/user-cluster? [y/N] `,
    )
  }
  expect(await roleIn(own.name, 'reports')).toBeUndefined()
  await expect(secretValue(running, own.secretArn)).rejects.toThrow()
})

test('wid connect creates all that a first setup needs: rights, token and secret, from the request alone', async () => {
  const { code, out, err } = await inSandbox(['connect', own.name, '-f', file, '--yes', '--duration', '24h'])
  expect(code, err).toBe(0)
  expect(out).toContain('would create  Role reports/workload-identity\n')
  expect(out).toContain(`${own.name} is connected: its server accepts the token`)
  expect(out).toMatch(/token +until 20\d\d-/)
  await expectTokenOnlyInSecret(out + err)

  const { out: rights } = await wid(running, ['rights', '-f', file])
  expect(rights).toContain('POST /v1/rights')
  expect((await wid(running, ['rights', own.name])).err).toContain('There is no such object')
  expect((await running.setUp(own.body())).error).toBeUndefined()
  const objectsIn = (text: string) => parseAllDocuments(text).map((document) => document.toJS())
  expect(objectsIn((await wid(running, ['rights', own.name])).out)).toEqual(objectsIn(rights))
  await expectExpiryShown()
})

test('wid connect does not replace a working secret when it fails', async () => {
  const before = await secretValue(running, own.secretArn)
  const unconfirmed = await inSandbox(['connect', own.name, '-f', file])
  expect([unconfirmed.code, unconfirmed.err]).toEqual([
    2,
    'Standard input is not a terminal, so the command cannot prompt. Use --yes.\n',
  ])
  const short = await inSandbox(['connect', own.name, '-f', file, '--yes', '--duration', '5m'])
  expect([short.code, short.err]).toEqual([2, expect.stringContaining('at least 10m')])
  own.cluster.faults.add({ kind: 'refuse', operation: 'GET /version', times: 1 })
  const refused = await inSandbox(['connect', own.name, '-f', file, '--yes', '--kubernetes', '1.33'])
  expect(refused.code, refused.err).not.toBe(0)
  expect(await secretValue(running, own.secretArn)).toBe(before)
})

test('wid connect --renew also grants the right to renew the token, and enables renewal in the secret; a verification records the new expiry', async () => {
  const { code, out, err } = await inSandbox(['connect', own.name, '--yes', '--renew'])
  expect(code, err).toBe(0)
  expect(out).toContain('would create  Role workload-identity-setup/workload-identity\n')
  expect(out).toContain('rotations renew it before then')
  const { rules } = (await roleIn(own.name, 'workload-identity-setup')) ?? {}
  expect(rules).toEqual([
    { apiGroups: [''], resources: ['serviceaccounts/token'], resourceNames: [account], verbs: ['create'] },
  ])
  expect(parse(await secretValue(running, own.secretArn)).users[0].user.extensions).toEqual([
    { name: 'workload-identity/renewal', extension: {} },
  ])
  expect((await inSandbox(['verify', own.name])).code).toBe(0)
  await expectExpiryShown()
  expect((await inSandbox(['status', own.name])).out).toMatch(
    /secret +credentials are valid until .*, and rotations renew them/,
  )
})

test('wid doctor finds no problem of a healthy cluster, and shows the identity of the caller', async () => {
  const { code, out, err } = await inSandbox(['doctor', own.name])
  expect(code, out + err).toBe(0)
  expect(out).toMatch(/✔ AWS credentials +arn:aws:iam::000000000000:root/)
  expect(out).toMatch(/✔ Lambda quota +at most 1000 functions of the account can run at once in this region/)
  expect(out).toMatch(/✔ clock +\d s/)
  expect(out).toMatch(/✔ WebhookReady +Succeeded/)
  expect(out).toMatch(/✔ secret +the credentials in \S+ expire 20/)
  expect(out).toMatch(/✔ API server +https:\S+ \(Kubernetes 1\.33\) accepts the credentials/)
})

test('wid doctor finds a token that the API server refuses, and a secret without a value, exits with 1, and shows the fix', async () => {
  const api = configOf(own.name).makeApiClient(CoreV1Api)
  await api.deleteNamespacedServiceAccount({ name: account, namespace: 'workload-identity-setup' })
  const refused = await inSandbox(['doctor', own.name])
  expect(refused.code).toBe(1)
  expect(refused.out).toMatch(/✖ API server +https:\S+ refuses the credentials in the secret/)
  expect(refused.out).toContain(`"wid connect ${own.name}" stores a token that the server accepts.`)

  await deleteSecret(running, own.secretArn)
  const { code, out } = await inSandbox(['--output', 'json', 'doctor', own.name])
  expect(code).toBe(1)
  const findings = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(findings.filter(({ state }) => state === 'problem')).toEqual([
    {
      type: 'finding',
      check: 'secret',
      state: 'problem',
      found: `${own.secretArn} has no value`,
      toDo: `"wid connect ${own.name}" creates a token and stores it.`,
    },
  ])
})

test('wid connect creates all that a second service account in the namespace needs, and a teardown', async () => {
  const { code, shown } = await atTerminal(['connect', own.name], ['y'])
  expect(code, shown).toBe(0)
  expect(shown).toContain(`${own.name} is connected: its server accepts the token`)
  expect(shown).not.toContain(tokenIn(await secretValue(running, own.secretArn)))
  const added = await inSandbox(['workload', 'add', own.name, 'reports/second', ...policy])
  expect(added.code, added.out + added.err).toBe(0)
  const removed = await inSandbox(['teardown', own.name, '--yes'])
  expect(removed.code, removed.out + removed.err).toBe(0)
})

test('after wid connect with --named-accounts and --no-teardown, an operation that lacks a right fails before it changes anything, with the command that grants it', async () => {
  const narrow = await unconnected('cli-named')
  const request = await fileOf(narrow.name, narrow.body())
  const options = ['--named-accounts', '--no-teardown']
  expect((await inSandbox(['connect', narrow.name, '-f', request, '--yes', ...options])).code).toBe(0)
  expect((await running.setUp(narrow.body())).error).toBeUndefined()
  const granting = `"wid rights ${narrow.name} --named-accounts --apply"`
  const added = await inSandbox(['workload', 'add', narrow.name, 'reports/second', ...policy])
  expect([added.code, added.err + added.out]).toEqual([1, expect.stringContaining(granting)])
  const torn = await inSandbox(['teardown', narrow.name, '--yes'])
  expect([torn.code, torn.err + torn.out]).toEqual([1, expect.stringContaining(granting)])
  expect((await inSandbox(['rights', narrow.name, '--apply', '--yes'])).code).toBe(0)
  const after = await inSandbox(['teardown', narrow.name, '--yes'])
  expect(after.code, after.out + after.err).toBe(0)
})

test('wid connect names the secret that it creates for a request without one', async () => {
  const bare = await unconnected('cli-secretless')
  const request = await fileOf(bare.name, bare.body({ 'cluster.credentialsSecretArn': undefined }))
  const { code, out, err } = await inSandbox(['--output', 'json', 'connect', bare.name, '-f', request, '--yes'])
  expect(code, err).toBe(0)
  const { secretArn, ...connected } = JSON.parse(out)
  expect(secretArn).toMatch(new RegExp(`:secret:workload-identity/${bare.name}/user-cluster-\\w{6}$`))
  expect(connected).toMatchObject({
    type: 'connected',
    cluster: bare.name,
    account: `workload-identity-setup/${account}`,
  })
  expect((await running.setUp(bare.body({ 'cluster.credentialsSecretArn': secretArn }))).error).toBeUndefined()

  const again = await inSandbox(['connect', bare.name, '--yes'])
  expect([again.code, again.out]).toEqual([0, expect.stringContaining(`secret    ${secretArn}`)])
  expect(again.out).not.toContain('to do')
})

test('wid connect --management connects the management cluster with a separate service account', async () => {
  const made = await ownCluster(running, 'cli-management')
  const request = await fileOf(made.name, made.body())
  const { code, out, err } = await inSandbox(['connect', made.name, '-f', request, '--management', '--yes'])
  expect(code, err).toBe(0)
  expect(out).toContain(`account   workload-identity-setup/workload-identity-${made.name}`)
  const { sub } = decodeJwt(tokenIn(await secretValue(running, `workload-identity/${made.name}/management`)))
  expect(sub).toBe(`system:serviceaccount:workload-identity-setup:workload-identity-${made.name}`)
})

test('wid doctor without an API reports that, and makes all other checks', async () => {
  await rm(path.join(directory.path, '.sandbox'), { recursive: true, force: true })
  const alone = await wid({ api: '' }, ['doctor', 'prod', '--region', 'eu-west-1'], { cwd: directory.path })
  expect(alone.code).toBe(1)
  expect(alone.err).toBe('')
  expect(alone.out).toMatch(
    /✔ Node\.js .*[✔✖] AWS .*✖ API +No API is named\. Give its URL with --api or in WID_API.*\? prod +not checked: the API has the record/s,
  )
  const wrong = await wid({ api: '' }, ['doctor', '--timeout', 'soon', '--api', 'https://x'], { cwd: directory.path })
  expect(wrong.code).toBe(2)
})

test('wid doctor continues after a failed check: an absent API, or one that refuses the caller', async () => {
  const absent = await wid({ api: 'http://127.0.0.1:9' }, ['doctor'])
  expect([absent.code, absent.out]).toEqual([1, expect.stringMatching(/✔ Node\.js .*✖ API +The API at http:\/\/127/s)])
  const unknown = await inSandbox(['doctor', 'nowhere'])
  expect([unknown.code, unknown.out]).toEqual([1, expect.stringMatching(/✔ API .*✖ nowhere +There is no such object/s)])
  const stranger = await startGateway(
    { ...running.sandbox.deployment.api, users: new Map([['doctors', await userWhoMayCall(running, 'doctors')]]) },
    { firstPort: 0 },
  )
  try {
    const { code, out } = await wid({ api: stranger.url }, ['doctor'])
    expect([code, out]).toEqual([1, expect.stringMatching(/✖ API +The caller may not do this.*✔ clock/s)])
  } finally {
    await stranger.close()
  }
})

const policy = ['--policy', 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess']

/** The secret has an address, an authority and a one-day token of the service account. The token is nowhere else. */
async function expectTokenOnlyInSecret(shown: string): Promise<void> {
  const kubeconfig = await secretValue(running, own.secretArn)
  expect(parse(kubeconfig)).toEqual({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': own.name,
    clusters: [
      {
        name: own.name,
        cluster: { server: expect.stringMatching(/^https:/), 'certificate-authority-data': expect.any(String) },
      },
    ],
    contexts: [{ name: own.name, context: { cluster: own.name, user: own.name } }],
    users: [{ name: own.name, user: { token: expect.any(String) } }],
  })
  const token = tokenIn(kubeconfig)
  const { sub, exp = 0, iat = 0 } = decodeJwt(token)
  expect([sub, exp - iat]).toEqual(['system:serviceaccount:workload-identity-setup:workload-identity', 86_400])
  expect(shown).not.toContain(token)
  const entries = await readdir(directory.path, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name))
  const written = await Promise.all(files.map((each) => readFile(each, 'utf8')))
  expect(written.filter((text) => text.includes(token))).toEqual([])
}

/** The record, the status and the list of clusters show when the token in the secret expires. */
async function expectExpiryShown(): Promise<void> {
  const end = new Date((decodeJwt(tokenIn(await secretValue(running, own.secretArn))).exp ?? 0) * 1000).toISOString()
  const recorded = await (await fetch(`${running.api}/v1/clusters/${own.name}`)).json()
  expect(recorded).toMatchObject({ credentialsEndAt: end, status: { credentials: { endsAt: end } } })
  expect((await inSandbox(['status', own.name])).out).toContain(`secret    credentials are valid until ${end}`)
  expect((await inSandbox(['get', 'clusters'])).out).toMatch(new RegExp(`^${own.name} .*${end}$`, 'm'))
}
