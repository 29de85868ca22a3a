import { access as accessFile, constants } from 'node:fs/promises'
import path from 'node:path'
import type { ApiAccess, ApiClient } from '../api-client.ts'
import type { Runnable } from '../controllers/containers.ts'
import { Kubelet } from '../controllers/kubelet.ts'
import { asString, at, type KubeObject } from '../objects/objects.ts'
import type { WebhookProcess } from '../webhook/process.ts'
import { startWebhookServer } from '../webhook/server.ts'
import { RealNodeApi } from './node-api.ts'
import { registerNode } from './register-node.ts'
import { startWebhookProgram } from './webhook-program.ts'

export interface NodeOptions {
  /** The client of a user with all rights, whose calls are not logged. */
  readonly client: ApiClient
  readonly apiPort: number
  readonly caPem: string
  /** The node's folder, for files and logs of programs. */
  readonly directory: string
  /** The program of WEBHOOK_BINARY. Default: the sandbox's own webhook. */
  readonly webhook?: string | undefined
}

/** The only node of a cluster, with the network of the cluster's Services. */
export interface Node {
  /** Returns the local port of a Service, or Go's error message, such as `connect: connection refused`. */
  portOf(address: string, port: number): number | string
  /** Ends all processes. The API server keeps the pods, and the next node runs them again. */
  close(): Promise<void>
}

const checkEveryMs = 1000

/**
 * Starts a node that does the work of kubelet, scheduler and kube-proxy. Its processes end with this process.
 *
 * @throws Error when WEBHOOK_BINARY names no program
 */
export async function startNode({ client, apiPort, caPem, directory, webhook }: NodeOptions): Promise<Node> {
  const start = webhook === undefined ? startWebhookServer : await programStarter(webhook, directory)
  await registerNode(client)
  const api = new RealNodeApi({ client, port: apiPort, caPem })
  const kubelet = new Kubelet({ api, isSchedulable: () => true, start })
  const timer = setInterval(() => kubelet.poke(), checkEveryMs)
  return {
    portOf(address, port) {
      const service = api.list('Service').find(({ spec }) => at(spec, 'clusterIP') === address)
      if (!service) return 'connect: no route to host'
      const { name, namespace = '' } = service.metadata
      const found = kubelet.endpoints.resolve({ name, namespace, port })
      return 'error' in found ? 'connect: connection refused' : found.localPort
    },
    async close() {
      clearInterval(timer)
      await kubelet.close()
      await api.close()
    },
  }
}

type Starter = (pod: KubeObject, runnable: Runnable, access: ApiAccess) => Promise<WebhookProcess>

async function programStarter(webhook: string, directory: string): Promise<Starter> {
  const file = path.resolve(webhook)
  await accessFile(file, constants.X_OK).catch(() => {
    throw new Error(`WEBHOOK_BINARY is ${webhook}, and ${file} does not exist or cannot be executed.`)
  })
  return ({ metadata }, runnable, access) => {
    const place = path.join(directory, asString(metadata.uid))
    const logFile = path.join(directory, 'logs', `${metadata.namespace}_${metadata.name}.log`)
    return startWebhookProgram({ file, directory: place, logFile }, runnable, access)
  }
}
