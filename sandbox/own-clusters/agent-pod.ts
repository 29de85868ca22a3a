/** The pod of an agent. The nodes of the sandbox run no containers, so this takes the part of the kubelet. */
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ApiClient } from '../kubernetes/api-client.ts'
import type { AnyCluster } from '../kubernetes/clusters/any-cluster.ts'
import { asString, at, type JsonObject, type KubeObject, objectsIn } from '../kubernetes/objects/objects.ts'
import { startSupervised } from '../kubernetes/real/supervised.ts'
import { freePort } from '../network/listen.ts'

export interface AgentPod {
  /** Requests new tokens, as the kubelet does before they expire. */
  renewTokens(): Promise<void>
  close(): Promise<void>
}

export interface AgentPodOptions {
  /** The folder for the mounted files, and for the log. */
  readonly directory: string
  /** By default the port of the cluster on 127.0.0.1. */
  readonly apiServer?: string
  /** By default the sources of the agent. */
  readonly program?: string
}

export const agentNamespace = 'workload-identity-setup'

const sources = path.resolve(import.meta.dirname, '../../agent/main.ts')
const agentName = 'workload-identity-agent'
const tokenSeconds = 3600
const renewEveryMs = 600_000

/**
 * Runs the agent as a process of this machine, with the variables, the tokens and the code of its pod. The process ends
 * with this one.
 *
 * @throws Error when its Deployment has no pod
 */
export async function startAgentPod(cluster: AnyCluster, options: AgentPodOptions): Promise<AgentPod> {
  const { directory, apiServer = `https://127.0.0.1:${cluster.port}`, program = sources } = options
  const api = adminOf(cluster)
  const pod = await podOf(cluster)
  const file = (name: string) => path.join(directory, name)
  const mount = (name: string, text: string) => writeFile(file(name), text, { mode: 0o600 })
  await mkdir(file('api'), { recursive: true, mode: 0o700 })
  const renewTokens = async () => {
    await mount('api/token', await tokenOf(api, pod, []))
    await mount('identity', await tokenOf(api, pod, [audienceIn(pod)]))
  }
  await renewTokens()
  await mount('api/ca.crt', cluster.caPem)
  await mount('code', await codeOf(api))
  const timer = setInterval(() => void renewTokens().catch(() => undefined), renewEveryMs).unref()
  const running = await startSupervised({
    file: process.execPath,
    args: [program],
    directory,
    logFile: file('agent.log'),
    env: {
      ...variablesOf(pod),
      TOKEN_FILE: file('identity'),
      CODE_FILE: file('code'),
      SERVICE_ACCOUNT_FOLDER: file('api'),
      API_SERVER: apiServer,
      HEALTH_PORT: String(await freePort()),
    },
  })
  return {
    renewTokens,
    async close() {
      clearInterval(timer)
      await running.stop()
    },
  }
}

/** A client with the rights of the administrator. */
export function adminOf({ port, caPem, adminToken }: AnyCluster): ApiClient {
  return new ApiClient({ port, caPem, token: async () => adminToken })
}

/** Waits for the pod, which the controller of the Deployment creates. */
async function podOf(cluster: AnyCluster): Promise<KubeObject> {
  for (let tries = 0; tries < 300; tries += 1) {
    const pods = await cluster.objects('Pod', agentNamespace)
    const pod = pods.find(
      ({ metadata }) =>
        metadata.labels?.['app.kubernetes.io/name'] === agentName && metadata.deletionTimestamp === undefined,
    )
    if (pod) return pod
    await sleep(100)
  }
  throw new Error(`The Deployment ${agentName} of cluster ${cluster.name} has no pod.`)
}

async function tokenOf(api: ApiClient, { metadata, spec }: KubeObject, audiences: string[]): Promise<string> {
  const { name, uid } = metadata
  const boundObjectRef = { apiVersion: 'v1', kind: 'Pod', name, uid }
  const account = asString(at(spec, 'serviceAccountName'))
  const answer = await api.call('POST', `/api/v1/namespaces/${agentNamespace}/serviceaccounts/${account}/token`, {
    spec: { audiences, expirationSeconds: tokenSeconds, boundObjectRef },
  })
  return asString(at(answer, 'status', 'token'))
}

function audienceIn({ spec }: KubeObject): string {
  const projected = objectsIn(at(spec, 'volumes')).flatMap((volume) => objectsIn(at(volume, 'projected', 'sources')))
  return asString(projected.map((source) => at(source, 'serviceAccountToken', 'audience')).find(Boolean))
}

function variablesOf({ spec }: KubeObject): Record<string, string> {
  const [container = {}]: JsonObject[] = objectsIn(at(spec, 'containers'))
  return Object.fromEntries(objectsIn(container.env).map(({ name, value }) => [asString(name), asString(value)]))
}

/** Empty without its Secret, which is optional. */
async function codeOf(api: ApiClient): Promise<string> {
  const secret = await api.get(`/api/v1/namespaces/${agentNamespace}/secrets/${agentName}`)
  return Buffer.from(asString(at(secret ?? {}, 'data', 'code')), 'base64').toString()
}
