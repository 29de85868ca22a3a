import { mkdir, rm } from 'node:fs/promises'
import path from 'node:path'
import type { Duplex } from 'node:stream'
import type { ApiClient } from '../../api-client.ts'
import { Mirror } from '../../mirror.ts'
import { asString, at } from '../../objects.ts'
import { startApiSocket } from './api-socket.ts'
import { Kubelet } from './kubelet.ts'
import { requireNamespaces } from './namespaces.ts'
import { webhookProgram } from './program.ts'
import { registerNode } from './register.ts'
import { endpointsOf } from './services.ts'

export interface NodeOptions {
  /** As a user that may do all; what it does is the cluster's own doing. */
  readonly client: ApiClient
  /** Of the API server on 127.0.0.1. */
  readonly apiPort: number
  /** Its own: the pods' volumes and sockets, and in `logs` what they have written. */
  readonly directory: string
  /** What WEBHOOK_BINARY names; left out: the sandbox's own webhook. */
  readonly webhook?: string
}

/** The one node of a cluster, with the network that its pods and Services are in. */
export interface Node {
  /**
   * Connects to the address of a Service or a pod.
   *
   * @throws Error in Go's words: `connect: connection refused`, `connect: no route to host`
   */
  dial(address: string, port: number): Promise<Duplex>
  /** Ends all processes; the pods stay with the API server, and run again on the next node. */
  close(): Promise<void>
}

const apiSocket = 'api.sock'

/**
 * The Service says 443. Whoever listens there in a pod's network takes it away from the pod's program, and older webhooks
 * listen at 443 of all addresses.
 */
const apiPortInPods = 16443

/**
 * Starts what a kubelet, a scheduler and kube-proxy do on a real cluster. Its processes end with this one.
 *
 * @throws Error that says what to do when pods cannot run on this machine
 */
export async function startNode({ client, apiPort, directory, webhook }: NodeOptions): Promise<Node> {
  const pods = path.join(directory, 'pods')
  const logs = path.join(directory, 'logs')
  // What a sandbox that was killed has left is of no use: pods start anew.
  await rm(pods, { recursive: true, force: true })
  await Promise.all([pods, logs].map((one) => mkdir(one, { recursive: true, mode: 0o700 })))
  const [programFor] = await Promise.all([
    webhookProgram(path.join(directory, 'programs'), webhook),
    requireNamespaces(),
  ])
  await registerNode(client)
  const service = await client.call('GET', '/api/v1/namespaces/default/services/kubernetes')
  const socket = await startApiSocket(path.join(directory, apiSocket), apiPort)
  // Pods run in a directory of their own in `pods`.
  const api = { address: asString(at(service, 'spec', 'clusterIP')), port: apiPortInPods, socket: `../../${apiSocket}` }
  const kubelet = new Kubelet({ client, directory: pods, logDirectory: logs, programFor, api })
  const services = new Mirror(client, '/api/v1/services')
  const slices = new Mirror(client, '/apis/discovery.k8s.io/v1/endpointslices')

  return {
    async dial(address, port) {
      const endpoints = endpointsOf({ services: services.all(), slices: slices.all() }, address, port)
      if (!endpoints) return kubelet.dial(address, port)
      const endpoint = endpoints[Math.floor(Math.random() * endpoints.length)]
      if (!endpoint) throw new Error('connect: connection refused')
      return kubelet.dial(endpoint.address, endpoint.port)
    },
    async close() {
      await Promise.all([services.close(), slices.close(), kubelet.close()])
      await socket.close()
    },
  }
}
