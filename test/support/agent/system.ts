import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { vi } from 'vitest'
import { type RunningAgent, startAgent } from '../../../agent/agent.ts'
import { type Configuration, defaultTimes, type Times } from '../../../agent/configuration.ts'
import { Cluster } from '../../../sandbox/kubernetes/clusters/cluster.ts'
import { madeMetadata } from '../../../sandbox/kubernetes/controllers/writes.ts'
import { localServer } from '../network/local-server.ts'
import { temporaryDirectory } from '../temporary.ts'
import { FakeDeployment } from './fake-deployment.ts'

export const account = { namespace: 'workload-identity', name: 'agent' }

/** Its agent may read and write ConfigMaps, and nothing else except the documents that each service account may read. */
export async function startCluster(): Promise<Cluster> {
  const cluster = await Cluster.create({
    name: 'prod',
    host: 'prod.clusters.example',
    port: 443,
    issuer: 'https://prod.issuer.example',
    isManagement: false,
    gitVersion: 'v1.33.2',
  })
  const { namespace, name } = account
  cluster.store.put({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: madeMetadata(name, namespace) })
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name }
  const apiVersion = 'rbac.authorization.k8s.io/v1'
  const rules = [{ apiGroups: [''], resources: ['configmaps'], verbs: ['*'] }]
  cluster.store.put({ apiVersion, kind: 'ClusterRole', metadata: madeMetadata(name), rules })
  const subjects = [{ kind: 'ServiceAccount', ...account }]
  cluster.store.put({ apiVersion, kind: 'ClusterRoleBinding', metadata: madeMetadata(name), roleRef, subjects })
  return cluster
}

/** A token of the agent's service account. */
export async function tokenFor(cluster: Cluster, audience: string = cluster.signer.issuer): Promise<string> {
  const found = cluster.store.get('ServiceAccount', account.name, account.namespace)
  const signed = await cluster.signer.sign({ ...account, uid: found?.metadata.uid ?? '' }, [audience], 3600)
  return signed.token
}

/** The folders of the agent's pod. */
export interface PodFiles {
  readonly path: string
  /** Relative to `path`. */
  write(file: 'ca.crt' | 'code' | 'identity' | 'token', text: string): Promise<void>
  remove(): Promise<void>
}

export async function podFiles(cluster: Cluster): Promise<PodFiles> {
  const { path, remove } = await temporaryDirectory()
  const write: PodFiles['write'] = (file, text) => writeFile(join(path, file), text)
  await write('ca.crt', cluster.caPem)
  await write('token', await tokenFor(cluster))
  await write('identity', await tokenFor(cluster, 'https://deployment.example'))
  return { path, write, remove }
}

export interface System {
  readonly deployment: FakeDeployment
  readonly files: PodFiles
  /** Starts the agent, or starts it again. */
  start(options?: StartOptions): Promise<RunningAgent>
  end(): Promise<void>
}

export interface StartOptions {
  readonly configuration?: Partial<Configuration>
  readonly times?: Partial<Times>
}

/** Retries at once, so that tests need not wait. */
const quick: Times = {
  ...defaultTimes,
  notEnrolledMs: 20,
  quietCallMs: 5,
  retryMinMs: 5,
  retryMaxMs: 10,
  closeMs: 3000,
}

export async function systemOf(cluster: Cluster): Promise<System> {
  const deployment = new FakeDeployment()
  const server = await localServer(() => deployment.handler)
  const files = await podFiles(cluster)
  let agent: RunningAgent | undefined
  return {
    deployment,
    files,
    async start({ configuration = {}, times = {} } = {}) {
      agent = await startAgent({
        apiUrl: server.url,
        cluster: 'prod',
        tokenFile: join(files.path, 'identity'),
        codeFile: join(files.path, 'code'),
        serviceAccountFolder: files.path,
        apiServer: `https://127.0.0.1:${cluster.port}`,
        healthPort: 0,
        httpsProxy: '',
        noProxy: '',
        ...configuration,
        times: { ...quick, ...times },
      })
      return agent
    },
    async end() {
      await agent?.close()
      await server.close()
      await files.remove()
    },
  }
}

/** The lines that the agent logs from now on. */
export function capturedLog(): string[] {
  const lines: string[] = []
  vi.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0)
  return lines
}

/** The messages of these lines. */
export function messagesIn(lines: readonly string[]): string[] {
  return lines.map((line) => JSON.parse(line).message)
}

/** The text at a path of the agent's health server, with its status. */
export async function probe(agent: RunningAgent, path: string): Promise<{ status: number; text: string }> {
  const response = await fetch(`${agent.healthUrl}${path}`)
  return { status: response.status, text: await response.text() }
}
