import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { ApiException, CoreV1Api, KubeConfig, RbacAuthorizationV1Api } from '@kubernetes/client-node'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse, parseAllDocuments, stringify } from 'yaml'
import { writeDescription } from '../../sandbox/description.ts'
import { startGateway } from '../../sandbox/gateway/server.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { deleteSecret, secretValue } from './support/aws-clients.ts'
import { userWhoMayCall } from './support/callers.ts'
import { type ExistingCluster, existingCluster } from './support/existing-cluster.ts'
import { ownCluster } from './support/requests.ts'
import { type System, system } from './support/system.ts'
import { wid, widOnTerminal } from './support/wid.ts'

let running: System
let directory: Awaited<ReturnType<typeof temporaryDirectory>>

beforeAll(async () => {
  running = await system()
  directory = await temporaryDirectory()
})
afterAll(() => directory?.remove())

const account = 'workload-identity'

/** A folder in which a sandbox has been started, with the cluster's kubeconfig. */
const inSandbox = async (args: readonly string[]) => {
  await writeDescription(running.sandbox, path.join(directory.path, '.sandbox'))
  return wid(running, args, { cwd: directory.path })
}

/** The same at a terminal, where these lines are typed. */
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

/** A cluster whose credentials nobody has stored yet. */
async function unconnected(purpose: string): Promise<ExistingCluster> {
  const own = await existingCluster(running, purpose)
  await deleteSecret(running, own.secretArn)
  return own
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

describe('wid rights', () => {
  it('prints the manifests for a request before its first setup, and for the cluster afterwards', async () => {
    const own = await existingCluster(running, 'cli-rights')
    const file = await fileOf(own.name, own.body())
    const before = await wid(running, ['rights', '-f', file])
    expect(before.code, before.err).toBe(0)
    expect(before.out).toContain('POST /v1/rights')
    expect((await wid(running, ['rights', own.name])).err).toContain('There is no such object')
    expect((await running.setUp(own.body())).error).toBeUndefined()
    const { out } = await wid(running, ['rights', own.name])
    const objectsIn = (text: string) => parseAllDocuments(text).map((document) => document.toJS())
    expect(objectsIn(out)).toEqual(objectsIn(before.out))
  })

  it('shows a fault of the request at its place in the file', async () => {
    const own = await existingCluster(running, 'cli-rights-fault')
    const file = await fileOf(own.name, own.body({ 'webhook.namespace': 'Not_A_Name' }))
    const { code, err } = await wid(running, ['rights', '-f', file])
    expect(code).toBe(3)
    expect(err).toMatch(new RegExp(`${own.name}\\.yaml:\\d+:\\d+: webhook\\.namespace`))
  })

  it('applies them with the namespaces that they need, shows what a change of the request changes, and is done once', async () => {
    const own = await existingCluster(running, 'cli-rights-apply')
    const file = await fileOf(own.name, own.body())
    const first = await inSandbox(['rights', '-f', file, '--apply', '--yes', '--named-accounts'])
    expect(first.code, first.err).toBe(0)
    expect(first.out).toMatch(/would create +Namespace reports\n/)
    expect(first.out).toContain('would create  Role reports/workload-identity\n')
    expect((await roleIn(own.name, 'reports'))?.metadata?.managedFields?.map(({ manager }) => manager)).toEqual([
      'workload-identity-cli',
    ])

    const again = await inSandbox(['rights', '-f', file, '--apply', '--named-accounts'])
    expect([again.code, again.out]).toEqual([0, expect.stringContaining('The cluster has these rights.')])

    const more = await fileOf(`${own.name}-more`, own.body({ 'workloads.0.serviceAccount': 'other' }))
    const changed = await inSandbox(['rights', '-f', more, '--apply', '--yes', '--named-accounts'])
    expect(changed.out).toMatch(/would change +Role reports\/workload-identity\n +rules\n +- .*exporter.*\n/)
    expect(JSON.stringify((await roleIn(own.name, 'reports'))?.rules)).toContain('"other"')
  })

  it('asks before it applies', async () => {
    const own = await existingCluster(running, 'cli-rights-asks')
    const { code, err } = await inSandbox(['rights', '-f', await fileOf(own.name, own.body()), '--apply'])
    expect([code, err]).toEqual([2, 'There is no terminal to ask at. Use --yes.\n'])
    expect(await roleIn(own.name, 'reports')).toBeUndefined()
  })
})

describe('wid connect', () => {
  it('gives all that a first setup needs: rights, token and secret, from the request alone', async () => {
    const own = await unconnected('cli-connect')
    const file = await fileOf(own.name, own.body())
    const { code, out, err } = await inSandbox(['connect', own.name, '-f', file, '--yes'])
    expect(code, err).toBe(0)
    expect(out).toContain('would create  Role reports/workload-identity\n')
    expect(out).toContain(`${own.name} is connected: its server takes the token`)
    expect(out).toMatch(/token +until 20\d\d-/)
    const ended = await running.setUp(own.body())
    expect(ended.error).toBeUndefined()

    const end = new Date((decodeJwt(tokenIn(await secretValue(running, own.secretArn))).exp ?? 0) * 1000).toISOString()
    const recorded = await (await fetch(`${running.api}/v1/clusters/${own.name}`)).json()
    expect(recorded).toMatchObject({ credentialsEndAt: end, status: { credentials: { endsAt: end } } })
    expect((await inSandbox(['status', own.name])).out).toContain(`secret    credentials until ${end}`)
    expect((await inSandbox(['get', 'clusters'])).out).toMatch(new RegExp(`^${own.name} .*${end}$`, 'm'))
  })

  it('gives all that a second account in the namespace needs, and a teardown', async () => {
    const own = await unconnected('cli-connected')
    const file = await fileOf(own.name, own.body())
    expect((await inSandbox(['connect', own.name, '-f', file, '--yes'])).code).toBe(0)
    expect((await running.setUp(own.body())).error).toBeUndefined()
    const policy = ['--policy', 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess']
    const added = await inSandbox(['workload', 'add', own.name, 'reports/second', ...policy])
    expect(added.code, added.out + added.err).toBe(0)
    const removed = await inSandbox(['teardown', own.name, '--yes'])
    expect(removed.code, removed.out + removed.err).toBe(0)
  })

  it('for named accounts and setups alone: what lacks a right is refused before it changes anything, with the command that grants it', async () => {
    const own = await unconnected('cli-named')
    const file = await fileOf(own.name, own.body())
    const narrow = ['--named-accounts', '--no-teardown']
    expect((await inSandbox(['connect', own.name, '-f', file, '--yes', ...narrow])).code).toBe(0)
    expect((await running.setUp(own.body())).error).toBeUndefined()
    const policy = ['--policy', 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess']
    const granting = `"wid rights ${own.name} --named-accounts --apply"`
    const added = await inSandbox(['workload', 'add', own.name, 'reports/second', ...policy])
    expect([added.code, added.err + added.out]).toEqual([1, expect.stringContaining(granting)])
    const torn = await inSandbox(['teardown', own.name, '--yes'])
    expect([torn.code, torn.err + torn.out]).toEqual([1, expect.stringContaining(granting)])
    expect((await inSandbox(['rights', own.name, '--apply', '--yes'])).code).toBe(0)
    const after = await inSandbox(['teardown', own.name, '--yes'])
    expect(after.code, after.out + after.err).toBe(0)
  })

  it('connects again with another end, which the next verification records', async () => {
    const own = await existingCluster(running, 'cli-end')
    expect((await running.setUp(own.body())).error).toBeUndefined()
    expect((await inSandbox(['status', own.name])).out).not.toContain('credentials until')
    expect((await inSandbox(['connect', own.name, '--yes', '--duration', '24h'])).code).toBe(0)
    const verified = await inSandbox(['verify', own.name])
    expect(verified.code, verified.err).toBe(0)
    const { exp = 0 } = decodeJwt(tokenIn(await secretValue(running, own.secretArn)))
    expect((await inSandbox(['status', own.name])).out).toContain(new Date(exp * 1000).toISOString())
  })

  it('stores an address, an authority and a token of the account alone, and shows the token nowhere', async () => {
    const own = await unconnected('cli-token')
    const file = await fileOf(own.name, own.body())
    const { out, err } = await inSandbox(['connect', own.name, '-f', file, '--yes', '--duration', '24h'])
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
    expect(out + err).not.toContain(token)
    const written = await Promise.all(
      (await readdir(directory.path, { recursive: true, withFileTypes: true }))
        .filter((entry) => entry.isFile())
        .map((entry) => readFile(path.join(entry.parentPath, entry.name), 'utf8')),
    )
    expect(written.filter((text) => text.includes(token))).toEqual([])
  })

  it('with --renew gives the right to renew the token as well, and marks the secret', async () => {
    const own = await unconnected('cli-renewed')
    const file = await fileOf(own.name, own.body())
    const { code, out, err } = await inSandbox(['connect', own.name, '-f', file, '--yes', '--renew'])
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
    expect((await running.setUp(own.body())).error).toBeUndefined()
    expect((await inSandbox(['status', own.name])).out).toMatch(/secret +credentials until .*, which rotations renew/)
  })

  it('names the secret of a request that has none, and says what to put into it', async () => {
    const own = await unconnected('cli-secretless')
    const file = await fileOf(own.name, own.body({ 'cluster.credentialsSecretArn': undefined }))
    const { code, out, err } = await inSandbox(['--output', 'json', 'connect', own.name, '-f', file, '--yes'])
    expect(code, err).toBe(0)
    const { secretArn, ...connected } = JSON.parse(out)
    expect(secretArn).toMatch(new RegExp(`:secret:workload-identity/${own.name}/user-cluster-\\w{6}$`))
    expect(connected).toMatchObject({
      type: 'connected',
      cluster: own.name,
      account: `workload-identity-setup/${account}`,
    })
    expect((await running.setUp(own.body({ 'cluster.credentialsSecretArn': secretArn }))).error).toBeUndefined()

    const again = await inSandbox(['connect', own.name, '--yes'])
    expect([again.code, again.out]).toEqual([0, expect.stringContaining(`secret    ${secretArn}`)])
    expect(again.out).not.toContain('to do')
  })

  it('connects the management cluster by an account of its own', async () => {
    const own = await ownCluster(running, 'cli-management')
    const file = await fileOf(own.name, own.body())
    const { code, out, err } = await inSandbox(['connect', own.name, '-f', file, '--management', '--yes'])
    expect(code, err).toBe(0)
    expect(out).toContain(`account   workload-identity-setup/workload-identity-${own.name}`)
    const { sub } = decodeJwt(tokenIn(await secretValue(running, `workload-identity/${own.name}/management`)))
    expect(sub).toBe(`system:serviceaccount:workload-identity-setup:workload-identity-${own.name}`)
  })

  it('at a terminal shows the rights and asks, and does nothing unless the answer is yes', async () => {
    const own = await unconnected('cli-asked-connect')
    const file = await fileOf(own.name, own.body())
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

    const { code, shown } = await atTerminal(args, ['y'])
    expect(code, shown).toBe(0)
    expect(shown).toContain(`${own.name} is connected: its server takes the token`)
    expect(shown).not.toContain(tokenIn(await secretValue(running, own.secretArn)))
  })

  it('leaves a secret that works when it cannot make a better one', async () => {
    const own = await existingCluster(running, 'cli-kept')
    const file = await fileOf(own.name, own.body())
    const before = await secretValue(running, own.secretArn)
    const asked = await inSandbox(['connect', own.name, '-f', file])
    expect([asked.code, asked.err]).toEqual([2, 'There is no terminal to ask at. Use --yes.\n'])
    const short = await inSandbox(['connect', own.name, '-f', file, '--yes', '--duration', '5m'])
    expect([short.code, short.err]).toEqual([2, expect.stringContaining('ten minutes or more')])
    const unknown = await inSandbox(['connect', own.name, '--yes'])
    expect([unknown.code, unknown.err]).toEqual([3, expect.stringContaining('name the file of its request with -f')])
    own.cluster.faults.add({ kind: 'refuse', operation: 'GET /version', times: 1 })
    const refused = await inSandbox(['connect', own.name, '-f', file, '--yes', '--kubernetes', '1.33'])
    expect(refused.code, refused.err).not.toBe(0)
    expect(await secretValue(running, own.secretArn)).toBe(before)
  })
})

describe('wid doctor', () => {
  it('finds nothing wrong where nothing is, and says who one is', async () => {
    const own = await unconnected('cli-healthy')
    const file = await fileOf(own.name, own.body())
    expect((await inSandbox(['connect', own.name, '-f', file, '--yes'])).code).toBe(0)
    expect((await running.setUp(own.body())).error).toBeUndefined()
    const { code, out, err } = await inSandbox(['doctor', own.name])
    expect(code, out + err).toBe(0)
    expect(out).toMatch(/✔ AWS credentials +arn:aws:iam::000000000000:root/)
    expect(out).toMatch(/✔ Lambda quota +1000 functions of the account and region run at once/)
    expect(out).toMatch(/✔ clock +\d s/)
    expect(out).toMatch(/✔ WebhookReady +Succeeded/)
    expect(out).toMatch(/✔ secret +the credentials in \S+ end 20/)
    expect(out).toMatch(/✔ API server +https:\S+ \(Kubernetes 1\.33\) takes the credentials/)
  })

  it('ends with 1 where something is wrong, and says what to do', async () => {
    const own = await existingCluster(running, 'cli-ill')
    expect((await running.setUp(own.body())).error).toBeUndefined()
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
        toDo: `"wid connect ${own.name}" makes a token and stores it.`,
      },
    ])
  })

  it('finds a token that the server does not take', async () => {
    const own = await unconnected('cli-refused')
    const file = await fileOf(own.name, own.body())
    expect((await inSandbox(['connect', own.name, '-f', file, '--yes'])).code).toBe(0)
    expect((await running.setUp(own.body())).error).toBeUndefined()
    const api = configOf(own.name).makeApiClient(CoreV1Api)
    await api.deleteNamespacedServiceAccount({ name: account, namespace: 'workload-identity-setup' })
    const { code, out } = await inSandbox(['doctor', own.name])
    expect(code).toBe(1)
    expect(out).toMatch(/✖ API server +https:\S+ refuses the credentials in the secret/)
    expect(out).toContain(`"wid connect ${own.name}" makes a token that it takes.`)
  })

  it('without a named API says so, and looks at all else', async () => {
    await rm(path.join(directory.path, '.sandbox'), { recursive: true, force: true })
    const alone = await wid({ api: '' }, ['doctor', 'prod', '--region', 'eu-west-1'], { cwd: directory.path })
    expect(alone.code).toBe(1)
    expect(alone.err).toBe('')
    expect(alone.out).toMatch(
      /✔ Node\.js .*[✔✖] AWS .*✖ API +No API is named\. Give its URL with --api or in WID_API.*\? prod +its record is with the API/s,
    )
    const wrong = await wid({ api: '' }, ['doctor', '--timeout', 'soon', '--api', 'https://x'], { cwd: directory.path })
    expect(wrong.code).toBe(2)
  })

  it('goes on after what fails: an API that is not there, or that refuses the caller', async () => {
    const absent = await wid({ api: 'http://127.0.0.1:9' }, ['doctor'])
    expect([absent.code, absent.out]).toEqual([
      1,
      expect.stringMatching(/✔ Node\.js .*✖ API +The API at http:\/\/127/s),
    ])
    const unknown = await inSandbox(['doctor', 'nowhere'])
    expect([unknown.code, unknown.out]).toEqual([
      1,
      expect.stringMatching(/✔ API .*✖ nowhere +There is no such object/s),
    ])
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
})
