/** The pod of an agent. The nodes of the sandbox run no containers, so this module does the work of the kubelet. */
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { ApiClient } from '../kubernetes/api-client.ts'
import type { AnyCluster } from '../kubernetes/clusters/any-cluster.ts'
import { asString, at } from '../kubernetes/objects/objects.ts'
import { startSupervised } from '../kubernetes/real/supervised.ts'
import { freePort } from '../network/listen.ts'

export interface AgentPod {
  /** Requests new tokens, as the kubelet does before they expire. */
  renewTokens(): Promise<void>
  close(): Promise<void>
}

export interface AgentPodOptions {
  /** The pod that the tokens are bound to. */
  readonly pod: { readonly name: string; readonly uid: string }
  /** The values of charts/agent, as `wid enroll` prints them. */
  readonly values: {
    readonly apiUrl: string
    readonly cluster: string
    readonly audience: string
    readonly code: string
  }
  /** The folder for the mounted files, and for the log. */
  readonly directory: string
  /** Default: the port of the cluster on 127.0.0.1. */
  readonly apiServer?: string
  /** Default: the sources of the agent. */
  readonly program?: string
}

export const agentNamespace = 'workload-identity-setup'
export const agentAccount = 'workload-identity'

const sources = path.resolve(import.meta.dirname, '../../agent/main.ts')
const tokenSeconds = 3600
const renewEveryMs = 600_000

/**
 * Runs the agent as a process of this machine, with the variables, the tokens and the code of its pod. The agent ends
 * when this process ends.
 */
export async function startAgentPod(cluster: AnyCluster, options: AgentPodOptions): Promise<AgentPod> {
  const { pod, values, directory, apiServer = `https://127.0.0.1:${cluster.port}`, program = sources } = options
  const api = adminOf(cluster)
  const file = (name: string) => path.join(directory, name)
  const mount = (name: string, text: string) => writeFile(file(name), text, { mode: 0o600 })
  await mkdir(file('api'), { recursive: true, mode: 0o700 })
  const renewTokens = async () => {
    await mount('api/token', await tokenOf(api, pod, []))
    await mount('identity', await tokenOf(api, pod, [values.audience]))
  }
  await renewTokens()
  await mount('api/ca.crt', cluster.caPem)
  await mount('code', values.code)
  const timer = setInterval(() => void renewTokens().catch(() => undefined), renewEveryMs).unref()
  const running = await startSupervised({
    file: process.execPath,
    args: [program],
    directory,
    logFile: file('agent.log'),
    env: {
      API_URL: values.apiUrl,
      CLUSTER: values.cluster,
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

async function tokenOf(api: ApiClient, pod: AgentPodOptions['pod'], audiences: string[]): Promise<string> {
  const boundObjectRef = { apiVersion: 'v1', kind: 'Pod', ...pod }
  const answer = await api.call('POST', `/api/v1/namespaces/${agentNamespace}/serviceaccounts/${agentAccount}/token`, {
    spec: { audiences, expirationSeconds: tokenSeconds, boundObjectRef },
  })
  return asString(at(answer, 'status', 'token'))
}
