import { onFreePort } from '../../network/listen.ts'
import { ApiClient } from '../api-client.ts'
import { startApiServer } from './api-server.ts'
import type { Binaries } from './binaries.ts'
import { startControllerManager } from './controller-manager.ts'
import { startEtcd } from './etcd.ts'
import { isServing, untilReady } from './ready.ts'
import type { Supervised } from './supervised.ts'
import type { Tokens } from './users.ts'

/** Made by the controller manager: without it no pod can be made. */
const defaultAccount = '/api/v1/namespaces/default/serviceaccounts/default'

export interface ControlPlaneOptions {
  readonly binaries: Binaries
  /** Where the programs run; holds their keys. */
  readonly directory: string
  readonly issuer: string
  readonly caPem: string
  readonly tokens: Tokens
}

export interface ControlPlane {
  /** Of the API server, on 127.0.0.1. */
  readonly port: number
  /** Calls it as the sandbox itself. */
  readonly api: ApiClient
  close(): Promise<void>
}

/**
 * Starts etcd, kube-apiserver and kube-controller-manager, and resolves when pods can be made.
 *
 * @throws Error with the end of the log of the program that did not start
 */
export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const { binaries, directory, caPem, tokens } = options
  const programs: Supervised[] = []
  const close = async () => {
    await Promise.all(programs.map((program) => program.stop()))
  }
  try {
    const etcd = await startEtcd(binaries.etcd, directory)
    programs.push(etcd)
    const { server, port } = await startServing(options, etcd)
    programs.push(server)
    const access = { port, minor: minorOf(binaries.gitVersion), caPem, token: tokens.controllerManager }
    const manager = await startControllerManager(binaries.controllerManager, directory, access)
    programs.push(manager)
    const api = new ApiClient({ port, caPem, token: async () => tokens.sandbox })
    await untilReady(async () => (await api.get(defaultAccount)) !== undefined, [server, manager])
    return { port, api, close }
  } catch (error) {
    await close()
    throw error
  }
}

function startServing({ binaries, directory, issuer, caPem, tokens }: ControlPlaneOptions, etcd: Supervised) {
  return onFreePort(async (port) => {
    const server = await startApiServer(binaries.apiServer, directory, { issuer, port })
    try {
      await untilReady(() => isServing(port, caPem, tokens.sandbox), [etcd, server])
      return { server, port }
    } catch (error) {
      await server.stop()
      throw error
    }
  })
}

/** 37 of `v1.37.2` */
function minorOf(gitVersion: string): number {
  return Number(/^v1\.(\d+)\./.exec(gitVersion)?.[1])
}
