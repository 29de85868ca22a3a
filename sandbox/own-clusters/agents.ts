import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import * as z from 'zod/mini'
import type { AnyCluster } from '../kubernetes/clusters/any-cluster.ts'
import { asString, at } from '../kubernetes/objects/objects.ts'
import type { Sandbox } from '../sandbox.ts'
import { type AgentPod, adminOf, agentAccount, agentNamespace, startAgentPod } from './agent-pod.ts'

const command = path.resolve(import.meta.dirname, '../../cli/main.ts')

const enrolled = z.object({
  values: z.object({ apiUrl: z.string(), cluster: z.string(), audience: z.string(), code: z.string() }),
})

/** The agents of closed clusters. They end with this process. */
export class Agents {
  readonly #sandbox: Pick<Sandbox<AnyCluster>, 'gateway'>
  readonly #folder: string
  readonly #pods = new Map<string, AgentPod>()

  /** @param folder for the files of the agents */
  constructor(sandbox: Pick<Sandbox<AnyCluster>, 'gateway'>, folder: string) {
    this.#sandbox = sandbox
    this.#folder = folder
  }

  /**
   * Enrols the agent of the cluster with `wid`, as a user does, and runs it.
   *
   * @throws Error with the output of `wid`
   */
  async start(cluster: AnyCluster, files: { readonly request: string; readonly kubeconfig: string }): Promise<void> {
    const { name } = cluster
    if (this.#pods.has(name)) return
    await this.#wid('rights', name, '--file', files.request, '--kubeconfig', files.kubeconfig, '--apply', '--yes')
    const { values } = enrolled.parse(JSON.parse(await this.#wid('--output', 'json', 'enroll', name, '--renew')))
    const directory = path.join(this.#folder, name)
    this.#pods.set(name, await startAgentPod(cluster, { pod: await appliedPod(cluster), values, directory }))
  }

  async #wid(...args: readonly string[]): Promise<string> {
    const env = { PATH: process.env.PATH, WID_API: this.#sandbox.gateway.url, NO_COLOR: '1' }
    const { stdout } = await promisify(execFile)(process.execPath, [command, ...args], { env })
    return stdout
  }
}

/** Applies a pod for the agent's tokens to be bound to. The tokens need nothing else from the chart. */
async function appliedPod(cluster: AnyCluster): Promise<{ name: string; uid: string }> {
  const name = 'workload-identity-agent'
  const place = `/api/v1/namespaces/${agentNamespace}/pods/${name}?fieldManager=kubectl`
  const spec = { serviceAccountName: agentAccount, containers: [{ name: 'agent', image: 'agent' }] }
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: agentNamespace }, spec }
  const applied = await adminOf(cluster).call('PATCH', place, pod, 'application/apply-patch+yaml')
  return { name, uid: asString(at(applied, 'metadata', 'uid')) }
}
