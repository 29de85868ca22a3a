import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import * as z from 'zod/mini'
import { ApiRefusal } from '../kubernetes/api-client.ts'
import type { AnyCluster } from '../kubernetes/clusters/any-cluster.ts'
import { asString, at, isObject, type JsonObject } from '../kubernetes/objects/objects.ts'
import type { Sandbox } from '../sandbox.ts'
import { type AgentPod, adminOf, agentNamespace, startAgentPod } from './agent-pod.ts'

const command = path.resolve(import.meta.dirname, '../../cli/main.ts')

const enrolled = z.object({ objects: z.array(z.custom<JsonObject>(isObject)) })

const collections: Readonly<Record<string, string>> = {
  Secret: `/api/v1/namespaces/${agentNamespace}/secrets`,
  Deployment: `/apis/apps/v1/namespaces/${agentNamespace}/deployments`,
  NetworkPolicy: `/apis/networking.k8s.io/v1/namespaces/${agentNamespace}/networkpolicies`,
}

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
   * Runs the agent of the cluster. Before the first time, installs it with `wid`, as a user does.
   *
   * @throws Error with the output of `wid`
   */
  async start(cluster: AnyCluster, files: { readonly request: string; readonly kubeconfig: string }): Promise<void> {
    const { name } = cluster
    if (this.#pods.has(name)) return
    if ((await cluster.objects('Deployment', agentNamespace)).length === 0) await this.#install(cluster, files)
    this.#pods.set(name, await startAgentPod(cluster, { directory: path.join(this.#folder, name) }))
  }

  async #install(cluster: AnyCluster, { request, kubeconfig }: { request: string; kubeconfig: string }): Promise<void> {
    const { name } = cluster
    await this.#wid('rights', name, '--file', request, '--kubeconfig', kubeconfig, '--apply', '--yes')
    const printed = await this.#wid('--output', 'json', 'enroll', name, '--image', 'agent:sandbox', '--renew')
    for (const object of enrolled.parse(JSON.parse(printed)).objects) await applyTo(cluster, object)
  }

  async #wid(...args: readonly string[]): Promise<string> {
    const env = { PATH: process.env.PATH, WID_API: this.#sandbox.gateway.url, NO_COLOR: '1' }
    const { stdout } = await promisify(execFile)(process.execPath, [command, ...args], { env })
    return stdout
  }
}

async function applyTo(cluster: AnyCluster, object: JsonObject): Promise<void> {
  const kind = asString(object.kind)
  const place = `${collections[kind]}/${asString(at(object, 'metadata', 'name'))}?fieldManager=kubectl`
  await adminOf(cluster)
    .call('PATCH', place, object, 'application/apply-patch+yaml')
    .catch((error: unknown) => {
      // An emulated cluster has no network, and no NetworkPolicies.
      if (!(kind === 'NetworkPolicy' && error instanceof ApiRefusal && error.code === 404)) throw error
    })
}
