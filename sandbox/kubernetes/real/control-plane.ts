import { onFreePort } from '../../network/listen.ts'
import { ApiClient } from '../api-client.ts'
import { startApiServer, type TokenFlags } from './api-server.ts'
import type { Binaries } from './binaries.ts'
import { startControllerManager } from './controller-manager.ts'
import { startEtcd } from './etcd.ts'
import { isServed, untilReady } from './ready.ts'
import type { Supervised } from './supervised.ts'
import type { Tokens } from './users.ts'

/** The service account that the controller manager creates. Without it, no pod can be created. */
const defaultAccount = '/api/v1/namespaces/default/serviceaccounts/default'

export interface ControlPlaneOptions {
  readonly binaries: Binaries
  /** The working directory of the programs, which contains their keys. */
  readonly directory: string
  readonly flags: TokenFlags
  readonly caPem: string
  readonly tokens: Tokens
}

export interface ControlPlane {
  readonly port: number
  readonly api: ApiClient
  /** Restarts the API server with these flags. Resolves when it is ready. */
  restart(flags: TokenFlags): Promise<void>
  close(): Promise<void>
}

/**
 * Starts etcd, kube-apiserver and kube-controller-manager, and resolves when pods can be created.
 *
 * @throws Error with the end of the log of the program that did not start
 */
export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const { binaries, directory, caPem, tokens } = options
  const programs: Supervised[] = []
  let apiServer: Supervised | undefined
  const close = async () => {
    await Promise.all([...programs, ...(apiServer ? [apiServer] : [])].map((program) => program.stop()))
  }
  try {
    const etcd = await startEtcd(binaries.etcd, directory)
    programs.push(etcd)
    const start = (flags: TokenFlags, port: number) => startServing({ ...options, flags }, etcd, port)
    const { server, port } = await onFreePort(async (free) => ({
      server: await start(options.flags, free),
      port: free,
    }))
    apiServer = server
    const access = { port, minor: minorOf(binaries.gitVersion), caPem, token: tokens.controllerManager }
    const manager = await startControllerManager(binaries.controllerManager, directory, access)
    programs.push(manager)
    const api = new ApiClient({ port, caPem, token: async () => tokens.sandbox })
    await untilReady(async () => (await api.get(defaultAccount)) !== undefined, [server, manager])
    return {
      port,
      api,
      close,
      async restart(flags) {
        await apiServer?.stop()
        apiServer = await start(flags, port)
      },
    }
  } catch (error) {
    await close()
    throw error
  }
}

async function startServing(options: ControlPlaneOptions, etcd: Supervised, port: number): Promise<Supervised> {
  const { binaries, directory, flags, caPem, tokens } = options
  const server = await startApiServer(binaries.apiServer, directory, { ...flags, port })
  try {
    const api = new ApiClient({ port, caPem, token: async () => tokens.sandbox })
    // A ready server has also created the bootstrap roles.
    await untilReady(() => isServed(api, '/readyz'), [etcd, server])
    return server
  } catch (error) {
    await server.stop()
    throw error
  }
}

function minorOf(gitVersion: string): number {
  return Number(/^v1\.(\d+)\./.exec(gitVersion)?.[1])
}
