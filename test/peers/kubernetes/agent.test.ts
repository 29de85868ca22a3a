/**
 * The agent on a real API server whose address is closed to the functions, with the rights that `wid rights` applies.
 * The connections to the API server are kept in .sandbox/agent-connections.json.
 */
import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { directKubeconfig } from '../../../sandbox/kubernetes/clusters/kubeconfig.ts'
import {
  asString,
  at,
  type JsonObject,
  type KubeObject,
  objectsIn,
} from '../../../sandbox/kubernetes/objects/objects.ts'
import type { RealCluster } from '../../../sandbox/kubernetes/real/cluster.ts'
import { type AgentPod, agentNamespace, startAgentPod } from '../../../sandbox/own-clusters/agent-pod.ts'
import { type PrivateCluster, privateBody, setUpChanging } from '../../e2e/support/clusters/private-cluster.ts'
import { rotate } from '../../e2e/support/clusters/rotation.ts'
import type { OperationAnswer } from '../../e2e/support/operation.ts'
import { driftOf, planOf, writesIn } from '../../e2e/support/runs/comparison.ts'
import { wid } from '../../e2e/support/wid.ts'
import type { Edits } from '../../support/api/requests.ts'
import { isLegacy, peer } from '../../support/kubernetes/kubernetes-peer.ts'
import { release, runHelm } from '../support/helm.ts'
import { kubectlHere, run } from './support/kubectl.ts'
import { type RealSystem, startRealSystem } from './support/real-system.ts'
import { type WatchedPort, watchedPort } from './support/watched-port.ts'

const minutes = 60_000
const version = peer?.gitVersion.slice(1) ?? ''
const name = 'real-edge'
const root = path.resolve(import.meta.dirname, '../../..')
const workloads = ['s3-reader', 'adopted'].map((serviceAccount) => ({
  namespace: 'default',
  serviceAccount,
  role: { policyArns: ['arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'] },
}))

let system: RealSystem
let own: PrivateCluster<RealCluster>
let home = { directory: '', kubeconfig: '', manifests: '' }
let watched: WatchedPort
let pod: AgentPod
let end = async () => {}

beforeAll(async () => {
  let folder = ''
  ;({ system, folder, end } = await startRealSystem())
  const { kubernetes, deployment, proxy } = system.sandbox
  const cluster = await kubernetes.addUserCluster({ name, version, issuer: { installer: 'kubeadm' }, isClosed: true })
  const directory = path.join(folder, 'agent')
  home = { directory, kubeconfig: path.join(folder, 'edge.yaml'), manifests: folder }
  await mkdir(directory)
  await writeFile(home.kubeconfig, directKubeconfig(cluster), { mode: 0o600 })
  await promisify(execFile)(process.execPath, ['agent/bundle.ts', path.join(folder, 'agent.mjs')], { cwd: root })
  watched = await watchedPort(() => cluster.port, directory)
  proxy.route(`${cluster.settings.host}:${cluster.settings.port}`, watched.port)
  own = { name, cluster, issuer: `https://${deployment.outputs.IssuerHost}/${name}`, body: bodyOf() }
}, 5 * minutes)

afterAll(async () => {
  await pod?.close()
  watched?.close()
  await end()
}, minutes)

function bodyOf(edits: Edits = {}): unknown {
  return privateBody(name, {
    'cluster.connection': 'agent',
    'cluster.credentialsSecretArn': undefined,
    workloads,
    ...edits,
  })
}

/** Runs the pod that the controller has created for the Deployment of the chart. */
async function startPod(): Promise<AgentPod> {
  const { metadata, spec } = await podOfAgent()
  const { API_URL: apiUrl = '', CLUSTER: cluster = '' } = variablesOf(spec)
  const projected = objectsIn(at(spec, 'volumes')).flatMap((volume) => objectsIn(at(volume, 'projected', 'sources')))
  const audience = asString(projected.map((source) => at(source, 'serviceAccountToken', 'audience')).find(Boolean))
  const secret = await own.cluster.api.get(`/api/v1/namespaces/${agentNamespace}/secrets/workload-identity-agent`)
  const code = Buffer.from(asString(at(secret ?? {}, 'data', 'code')), 'base64').toString()
  return startAgentPod(own.cluster, {
    pod: { name: metadata.name, uid: metadata.uid },
    values: { apiUrl, cluster, audience, code },
    directory: home.directory,
    apiServer: `https://127.0.0.1:${watched.port}`,
    program: path.join(home.manifests, 'agent.mjs'),
  })
}

function podOfAgent(): Promise<KubeObject> {
  return vi.waitFor(async () => {
    const [pod] = await own.cluster.objects('Pod', agentNamespace)
    if (!pod) throw new Error('the Deployment of the agent has no pod')
    return pod
  }, 30_000)
}

function variablesOf(spec: unknown): Record<string, string> {
  const [container = {}]: JsonObject[] = objectsIn(at({ spec }, 'spec', 'containers'))
  return Object.fromEntries(objectsIn(container.env).map(({ name, value }) => [asString(name), asString(value)]))
}

/** Runs `wid` with the kubeconfig of the administrator. */
async function byWid(...args: readonly string[]): Promise<string> {
  const { code, out, err } = await wid(system, args, { env: { KUBECONFIG: home.kubeconfig } })
  expect(code, err + out).toBe(0)
  return out
}

async function byKubectl(command: string): Promise<void> {
  const { code, stderr } = await run(await kubectlHere(), command, home)
  expect(code, stderr).toBe(0)
}

/** Steps 2 and 4 of docs/agent.md. */
async function install(): Promise<void> {
  const request = path.join(home.manifests, 'request.json')
  await writeFile(request, JSON.stringify(own.body))
  await byWid('rights', name, '--file', request, '--apply', '--yes')
  const image = ['--set', 'image.repository=registry.example.com/agent']
  const values = ['--reset-then-reuse-values', '--values', '-']
  const env = { KUBECONFIG: home.kubeconfig, HOME: home.directory }
  const command = ['upgrade', '--install', ...release, ...image, ...values]
  const { code, stderr } = await runHelm(await byWid('enroll', name), command, env)
  expect(code, stderr).toBe(0)
  pod = await startPod()
}

async function operation(place: string, body: object = {}): Promise<OperationAnswer> {
  return system.ended(await system.send(`/v1/clusters/${name}/${place}`, body))
}

/** IDs of the keys of the API server. */
async function kids(): Promise<string[]> {
  const { keySet } = await own.cluster.issuerDocuments()
  return objectsIn(keySet.keys).map(({ kid }) => asString(kid))
}

const repository = 'public.ecr.aws/eks/amazon-eks-pod-identity-webhook'
const [old, newest] = [`${repository}:v0.5.0`, `${repository}:v0.6.17`]
const deployment = '/apis/apps/v1/namespaces/workload-identity-webhook/deployments/pod-identity-webhook'

// An API server before 1.22 has one issuer: after its change, it refuses the agent until the kubelet renews the token.
describe.skipIf(isLegacy(version))(`the agent on a kube-apiserver of ${version}`, { timeout: 5 * minutes }, () => {
  it('sets up a cluster with a private issuer, which no function reaches', async () => {
    await install()
    const body = bodyOf({ workloads: workloads.slice(0, 1), 'webhook.image': old })
    const { ended } = await setUpChanging(system, { ...own, body }, (issuers) => own.cluster.restart({ issuers }))
    expect(ended.error).toBeUndefined()
    expect(ended.result?.proofs).toMatchObject([{ mutation: 'mutated' }])
  })

  it('adds a workload with an account of kubectl only with a request to adopt, and changes the webhook', async () => {
    await byKubectl('create serviceaccount adopted')
    await byKubectl('annotate serviceaccount adopted eks.amazonaws.com/role-arn=theirs')
    const body = bodyOf({ 'webhook.image': newest })
    expect((await system.setUp(body)).error).toMatchObject({ name: 'OwnershipConflict' })
    const { error, result } = await system.setUp(bodyOf({ 'webhook.image': newest, adopt: true }))
    expect(error).toBeUndefined()
    expect(result).toMatchObject({
      proofs: [{ mutation: 'mutated' }, { mutation: 'mutated' }],
      webhook: { image: newest },
    })
  })

  it('writes nothing for the same request', async () => {
    await system.clearCalls()
    expect((await system.setUp(bodyOf({ 'webhook.image': newest, adopt: true }))).error).toBeUndefined()
    expect(await system.writes()).toEqual([])
  })

  it('finds drift, plans its correction, and corrects it', async () => {
    expect(await driftOf(system, name)).toMatchObject({ summary: { differences: 0 }, problems: [] })
    await own.cluster.api.merge(`${deployment}?fieldManager=kubectl-scale`, { spec: { replicas: 1 } })
    expect(await driftOf(system, name)).toMatchObject({ changed: [{ observed: 1, manager: 'kubectl-scale' }] })
    await own.cluster.api.merge(`${deployment}?fieldManager=kubectl-scale`, { spec: { replicas: 2 } })
    await byKubectl('delete poddisruptionbudget pod-identity-webhook --namespace workload-identity-webhook')
    const body = bodyOf({ 'webhook.image': newest, adopt: true })
    const plan = await planOf(system, body)
    expect(plan).toMatchObject({ unknown: [], problems: [] })
    const done = await system.setUp(body)
    expect(done.error).toBeUndefined()
    const written = writesIn(done.steps.flatMap(({ changes }) => changes))
    expect(written).toEqual(writesIn(plan.writes))
    expect(written.length).toBeGreaterThan(0)
  })

  it('has a new key published, is verified with tokens of it, and revokes the old key', async () => {
    const { cluster } = own
    const first = cluster.tokenFlags.signingKey
    const [oldKid = ''] = await kids()
    const added = await cluster.addServiceAccountKey()
    await cluster.restart({ keys: [first, added] })
    expect((await rotate(system)).get(name)).toMatchObject({ outcome: 'published' })
    // A new pod announces the key at once, an old one within half a minute.
    await pod.close()
    pod = await startPod()
    expect(await operation('verifications')).toMatchObject({ status: 'succeeded' })

    await cluster.restart({ signingKey: added })
    await pod.renewTokens()
    expect(await operation('verifications')).toMatchObject({ status: 'succeeded' })
    expect(await operation(`signing-keys/${oldKid}/revoke`)).toMatchObject({ status: 'succeeded' })
    await cluster.restart({ keys: [added] })
    expect(await operation('verifications')).toMatchObject({ status: 'succeeded' })
  })

  it('tears the cluster down', async () => {
    const torn = await system.tearDown(`/v1/clusters/${name}`)
    expect(torn.error).toBeUndefined()
    expect(torn).toMatchObject({ status: 'succeeded', result: { remaining: [] } })
  })

  it('has been the only process that has connected to the API server, and no secret has existed', async () => {
    const { proxy, secrets } = system.sandbox
    const found = { version, connections: { agent: watched.own, others: watched.foreign } }
    await writeFile(path.join(root, '.sandbox/agent-connections.json'), `${JSON.stringify(found, undefined, 2)}\n`)
    console.log(`${watched.own} connections of the agent, ${watched.foreign.length} of other processes`)
    expect(watched.own).toBeGreaterThan(0)
    expect(watched.foreign).toEqual([])
    // The record would have another process.
    await expect(fetch(`https://127.0.0.1:${watched.port}`)).rejects.toThrow('fetch failed')
    expect(watched.foreign).toHaveLength(1)
    expect([...proxy.asked.keys()].filter((address) => address.startsWith(own.cluster.settings.host))).toEqual([])
    expect(await secrets.has(`${name}/user-cluster`)).toBe(false)
  })
})
