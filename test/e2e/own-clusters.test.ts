import { type ChildProcess, type ExecFileException, execFile } from 'node:child_process'
import { readFile, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { parseClusterCredentials } from '../../lambdas/clouds/kubernetes/credentials.ts'
import { writeDescription } from '../../sandbox/description.ts'
import { Cluster } from '../../sandbox/kubernetes/clusters/cluster.ts'
import { kubeadmIssuer } from '../../sandbox/kubernetes/clusters/issuers.ts'
import { kubeconfigOf } from '../../sandbox/kubernetes/clusters/kubeconfig.ts'
import type { Issuers } from '../../sandbox/kubernetes/tokens.ts'
import { serveOwnClusters } from '../../sandbox/own-clusters/own-clusters.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { secretValue } from './support/aws-clients.ts'
import { type System, system } from './support/system.ts'
import { type Ended, type WidOptions, wid } from './support/wid.ts'

const root = path.resolve(import.meta.dirname, '../..')

let running: System
let directory: Awaited<ReturnType<typeof temporaryDirectory>>

beforeAll(async () => {
  running = await system()
  directory = await temporaryDirectory()
  await writeDescription(running.sandbox, path.join(directory.path, '.sandbox'))
  serveOwnClusters(running.sandbox, path.join(directory.path, '.sandbox'))
})
afterAll(() => directory?.remove())

const file = (kind: 'requests' | 'kubeconfigs', name: string) => path.join('.sandbox', kind, `${name}.yaml`)

/** `npm run sandbox -- cluster`, in the folder of the sandbox or in another one. */
const makeCluster = (args: readonly string[], cwd = directory.path) => script('make-cluster.ts', args, cwd)

function script(name: string, args: readonly string[], cwd: string): Promise<Ended> {
  return new Promise((resolve) => {
    const ended = (error: ExecFileException | null, out: string, err: string) =>
      resolve({ code: error === null ? 0 : Number(error.code), out, err })
    execFile(
      process.execPath,
      [path.join(root, 'sandbox/own-clusters', name), ...args],
      { cwd, env: { PATH: process.env.PATH } },
      ended,
    )
  })
}

async function made(...args: readonly string[]): Promise<string> {
  const { code, out, err } = await makeCluster(args)
  expect(code, err).toBe(0)
  return out
}

const inSandbox = (args: readonly string[], options: WidOptions = {}) =>
  wid(running, args, { ...options, cwd: directory.path })

/** `npm run sandbox -- issuers`. */
const setIssuers = (args: readonly string[], cwd = directory.path) => script('set-issuers.ts', args, cwd)

/** Sets a cluster up, and changes its issuers when the command requests that. */
function setUp(name: string, change: (issuers: Issuers) => void): Promise<Ended> {
  const issuer = `https://${running.sandbox.deployment.outputs.IssuerHost}/${name}`
  // Not the URLs of its documents, which begin with it.
  const instruction = new RegExp(`${issuer}(?!/)`)
  let isChanged = false
  const meanwhile = async ({ stdout }: ChildProcess) => {
    stdout?.on('data', (data: Buffer) => {
      if (isChanged || !instruction.test(data.toString())) return
      isChanged = true
      change([issuer, kubeadmIssuer])
    })
  }
  return inSandbox(['apply', '--yes', '-f', file('requests', name)], { meanwhile })
}

describe('npm run sandbox -- issuers', () => {
  const hosted = 'https://oidc.example.com/own-issuers'

  it('reports the issuer that signs, and how to swap the two when that has not changed', async () => {
    await made('own-issuers')
    const unchanged = await setIssuers(['own-issuers', kubeadmIssuer, hosted])
    expect(unchanged.code, unchanged.err).toBe(0)
    expect(
      unchanged.out,
    ).toBe(`New tokens of own-issuers have the issuer ${kubeadmIssuer}, as before. Tokens with the issuer ${hosted} are accepted, too.
New tokens have the first issuer. To put the other issuer first:
  npm run sandbox -- issuers own-issuers ${hosted} ${kubeadmIssuer}
`)
    const swapped = await setIssuers(['own-issuers', hosted, kubeadmIssuer])
    expect(swapped.out).toBe(
      `From now on, new tokens of own-issuers have the issuer ${hosted}. Tokens with the issuer ${kubeadmIssuer} are accepted, too.\n`,
    )
    const again = await setIssuers(['own-issuers', hosted, kubeadmIssuer])
    expect(again.out).toBe(
      `New tokens of own-issuers have the issuer ${hosted}, as before. Tokens with the issuer ${kubeadmIssuer} are accepted, too.\n`,
    )
  })

  it.each([
    ['a placeholder', ['own-issuers', 'NEW_ISSUER', 'OLD_ISSUER'], '"NEW_ISSUER" is no issuer: give its URL'],
    ['half a URL', ['own-issuers', hosted, 'https:/'], '"https:/" is no issuer: give its URL'],
    ['an unknown cluster', ['own-other', hosted], 'There is no cluster own-other: use one of '],
    ['no issuer', ['own-issuers'], 'Give a cluster, and one issuer or more'],
  ])('refuses %s with a reason', async (_, args, message) => {
    await made('own-issuers')
    expect(await setIssuers(args)).toEqual({ code: 1, out: '', err: expect.stringMatching(`^${message}`) })
  })

  it('shows how to start a sandbox when none runs', async () => {
    const elsewhere = await temporaryDirectory()
    const err = 'No sandbox runs here. Start one with "npm start" in another terminal, and wait for "Serving".\n'
    try {
      expect(await setIssuers(['own-issuers', hosted], elsewhere.path)).toEqual({ code: 1, out: '', err })
      await made('own-issuers')
      const text = await readFile(path.join(directory.path, file('kubeconfigs', 'own-issuers')), 'utf8')
      const kubeconfig = path.join(elsewhere.path, 'kubeconfig.yaml')
      await writeFile(kubeconfig, text.replace(/proxy-url: .*/, 'proxy-url: http://127.0.0.1:9'))
      await writeDescription(running.sandbox, path.join(elsewhere.path, '.sandbox'))
      const description = path.join(elsewhere.path, '.sandbox', 'sandbox.json')
      const ended = { ...JSON.parse(await readFile(description, 'utf8')), kubeconfigs: { 'own-issuers': kubeconfig } }
      await writeFile(description, JSON.stringify(ended))
      expect(await setIssuers(['own-issuers', hosted], elsewhere.path)).toEqual({ code: 1, out: '', err })
    } finally {
      await elsewhere.remove()
    }
  })
})

describe('npm run sandbox -- cluster', () => {
  it('creates a cluster that can be set up and connected', async () => {
    const out = await made('own-private')
    expect(out).toContain('own-private is ready: a cluster of Kubernetes 1.33.2 as kubeadm and k3s create it')
    const { issuers } = running.sandbox.kubernetes.cluster('own-private')?.signer ?? {}
    const hosted = `https://${running.sandbox.deployment.outputs.IssuerHost}/own-private`
    expect(out).toContain(`npm run sandbox -- issuers own-private ${hosted} ${issuers?.join(' ')}\n`)

    const applied = await setUp('own-private', (set) =>
      running.sandbox.kubernetes.cluster('own-private')?.setIssuers(set),
    )
    expect(applied.code, applied.out + applied.err).toBe(0)
    expect(applied.out).toContain('own-private is set up and verified')
    expect(applied.out).toContain(`npm run sandbox -- issuers own-private ${hosted} ${issuers?.join(' ')}\n`)
    expect(applied.out).toContain('Proof for system:serviceaccount:default:s3-reader')

    const connected = await inSandbox(['connect', 'own-private', '--yes'])
    expect(connected.code, connected.err).toBe(0)
    expect(connected.out).not.toContain('to do')
  })

  it('creates a cluster with a public issuer, which is set up without a change of it', async () => {
    await made('own-public', '--kind', 'public-issuer')
    const applied = await inSandbox(['apply', '--yes', '-f', file('requests', 'own-public')])
    expect(applied.code, applied.out + applied.err).toBe(0)
    expect((await inSandbox(['connect', 'own-public', '--yes'])).code).toBe(0)
  })

  it('creates a closed cluster with an agent, through which it is set up', async () => {
    const out = await made('own-agent', '--agent')
    expect(out).toContain('npx wid enroll own-agent | helm upgrade')
    expect(out).not.toContain('npx wid connect')
    const cluster = running.sandbox.kubernetes.cluster('own-agent')
    const applied = await setUp('own-agent', (set) => cluster?.setIssuers(set))
    expect(applied.code, applied.out + applied.err).toBe(0)
    expect(applied.out).toContain('Proof for system:serviceaccount:default:s3-reader')
    expect(running.sandbox.proxy.asked.has('own-agent.clusters.example.com:443')).toBe(false)
    expect(await running.sandbox.secrets.has('own-agent/user-cluster')).toBe(false)

    const issuers = await setIssuers(['own-agent', ...(cluster?.signer.issuers ?? [])])
    expect(issuers.code, issuers.err).toBe(0)
    expect(await made('own-agent', '--agent')).toContain('own-agent is there already')
    expect((await makeCluster(['own-agent'])).err).toContain('own-agent is taken: an agent connects it.')
  })

  it('prepares an Anthos cluster on AWS, which its setup creates, and which can then be connected', async () => {
    const out = await made('own-anthos', '--kind', 'new-gke-on-aws')
    expect(out).toContain('workload-identity/own-anthos/management')
    const applied = await inSandbox(['apply', '--yes', '-f', file('requests', 'own-anthos')])
    expect(applied.code, applied.out + applied.err).toBe(0)
    expect((await inSandbox(['connect', 'own-anthos', '--yes'])).code).toBe(0)
    expect(await made('own-anthos', '--kind', 'new-gke-on-aws')).toContain('own-anthos is there already')
  })

  it('makes a cluster of this machine reachable, which is connected and set up with its own kubeconfig', async () => {
    const cluster = await Cluster.create({
      name: 'kind',
      gitVersion: 'v1.33.2',
      host: 'kind-control-plane',
      port: 443,
      issuer: kubeadmIssuer,
      isManagement: false,
      installer: 'kubeadm',
    })
    try {
      const server = `https://127.0.0.1:${cluster.port}`
      const own = path.join(directory.path, 'kind.yaml')
      const parts = { name: 'kind-kind', caPem: cluster.caPem, token: cluster.adminToken }
      await writeFile(own, kubeconfigOf({ ...parts, server }))
      expect(await made('own-kind', '--kubeconfig', own)).toContain('npx wid connect own-kind -f')
      expect((await stat(path.join(directory.path, file('kubeconfigs', 'own-kind')))).mode & 0o777).toBe(0o600)
      const files = ['-f', file('requests', 'own-kind'), '--kubeconfig', file('kubeconfigs', 'own-kind')]
      const connected = await inSandbox(['connect', 'own-kind', ...files, '--yes'])
      expect(connected.code, connected.err).toBe(0)
      const applied = await setUp('own-kind', (set) => cluster.setIssuers(set))
      expect(applied.code, applied.out + applied.err).toBe(0)
      expect(applied.out).toContain('own-kind is set up and verified')

      await writeFile(own, kubeconfigOf({ ...parts, server: 'https://10.0.0.7:6443' }))
      expect(await makeCluster(['own-kind', '--kubeconfig', own])).toEqual({
        code: 1,
        out: '',
        err: 'https://10.0.0.7:6443 is not on this machine. The sandbox reaches API servers on 127.0.0.1 only.\n',
      })
    } finally {
      await cluster.close()
    }
  })

  it('changes nothing the second time: neither cluster, nor request, nor the credentials in the secret', async () => {
    await made('own-twice')
    const request = path.join(directory.path, file('requests', 'own-twice'))
    await writeFile(request, `${await readFile(request, 'utf8')}# a note of mine\n`)
    const caPem = running.sandbox.kubernetes.cluster('own-twice')?.caPem
    await running.sandbox.secrets.keep('own-twice/user-cluster', 'a token of somebody')
    const again = await made('own-twice')
    expect(again).toContain('own-twice is there already: a cluster of Kubernetes 1.33.2')
    expect(await readFile(request, 'utf8')).toContain('# a note of mine')
    expect(running.sandbox.kubernetes.cluster('own-twice')?.caPem).toBe(caPem)
    expect(await secretValue(running, 'workload-identity/own-twice/user-cluster')).toBe('a token of somebody')
  })

  it('stores credentials that the product accepts, unlike those for clients on this machine', async () => {
    await made('own-credentials')
    const stored = await secretValue(running, 'workload-identity/own-credentials/user-cluster')
    expect(parseClusterCredentials(stored, 'arn').server).toBe('https://own-credentials.clusters.example.com')
    const local = await readFile(path.join(directory.path, file('kubeconfigs', 'own-credentials')), 'utf8')
    expect(() => parseClusterCredentials(local, 'arn')).toThrow('proxy-url')
  })

  it('writes a request with comments, and the schema for editors', async () => {
    await made('own-request')
    const text = await readFile(path.join(directory.path, file('requests', 'own-request')), 'utf8')
    expect(text).toMatch(/^# yaml-language-server: \$schema=.*setup\.schema\.json\n/)
    expect(parse(text)).toMatchObject({ cluster: { name: 'own-request' }, discovery: { hosting: 'deployment' } })
  })

  it.each([
    ['an invalid name', ['Own_Cluster'], '"Own_Cluster" is not of the right form. Give the name'],
    ['an unknown kind', ['own-x', '--kind', 'eks'], 'The kind of a cluster is one of private-issuer, public-'],
    [
      'the name of the management cluster',
      ['management'],
      'management is the management cluster. Choose another name.',
    ],
    ['no name', [], 'npm run sandbox -- cluster NAME [--kind'],
    [
      'an agent of a new cluster',
      ['own-x', '--kind', 'new-gke-on-aws', '--agent'],
      'An agent connects an existing cluster.',
    ],
    ['an agent elsewhere', ['own-x', '--kubeconfig', 'kind.yaml', '--agent'], 'Give --agent or --kubeconfig'],
  ])('refuses %s', async (_, args, message) => {
    expect(await makeCluster(args)).toEqual({ code: 1, out: '', err: expect.stringContaining(message) })
  })

  it('refuses the name of a cluster of another kind', async () => {
    await made('own-taken', '--kind', 'public-issuer')
    await made('own-anthos-taken', '--kind', 'new-gke-on-aws')
    const connected = await makeCluster(['own-taken', '--kind', 'public-issuer', '--agent'])
    expect(connected.err).toBe(
      'own-taken is taken: functions reach its API server. Choose another name, or leave out --agent.\n',
    )
    for (const [name, kind] of [
      ['own-taken', 'public-issuer'],
      ['own-anthos-taken', 'new-gke-on-aws'],
    ] as const) {
      const err = `${name} is taken: it is of kind ${kind}. Choose another name, or --kind ${kind}.\n`
      expect(await makeCluster([name])).toEqual({ code: 1, out: '', err })
    }
  })

  it('shows how to start a sandbox when none runs', async () => {
    const elsewhere = await temporaryDirectory()
    try {
      const err = 'No sandbox runs here. Start one with "npm start" in another terminal, and wait for "Serving".\n'
      expect(await makeCluster(['own-x'], elsewhere.path)).toEqual({ code: 1, out: '', err })
      const ended = { ...running.sandbox, gateway: { ...running.sandbox.gateway, url: 'http://127.0.0.1:9' } }
      await writeDescription(ended, path.join(elsewhere.path, '.sandbox'))
      expect(await makeCluster(['own-x'], elsewhere.path)).toEqual({ code: 1, out: '', err })
    } finally {
      await elsewhere.remove()
    }
  })

  it('refuses requests of a page of another site', async () => {
    const url = `${running.api}/sandbox/clusters?name=own-site&kind=private-issuer`
    const answer = await fetch(url, { method: 'PUT', headers: { origin: 'https://attacker.example' } })
    expect(answer.status).toBe(403)
    expect(running.sandbox.kubernetes.cluster('own-site')).toBeUndefined()
  })
})
