import { closeSync, constants, openSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import path from 'node:path'
import { tunnelServer } from '../../network/proxy.ts'

/**
 * Starts the network by which the API server reaches Services: an HTTP CONNECT proxy on a Unix socket, for the egress
 * selection `cluster` of https://kubernetes.io/docs/tasks/extend-kubernetes/setup-konnectivity/.
 *
 * @param socket the path of the socket, as in the API server's EgressSelectorConfiguration. The path of a socket has at
 * most 107 bytes, so the server listens at a short path below /proc/self/fd (Linux only, see proc(5)).
 * @param portOf returns the local port of a Service, or Go's error message, which the API server repeats:
 * `code 502: 502 connect: connection refused`
 */
export async function startServiceNetwork(
  socket: string,
  portOf: (address: string, port: number) => number | string,
): Promise<{ close(): Promise<void> }> {
  const { server, close } = tunnelServer(async (target) => {
    const [, address = '', port = ''] = /^\[?(.*?)\]?:(\d+)$/.exec(target) ?? []
    const found = portOf(address, Number(port))
    return typeof found === 'string' ? `502 ${found}` : found
  })
  await rm(socket, { force: true })
  const directory = openSync(path.dirname(socket), constants.O_DIRECTORY)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(`/proc/self/fd/${directory}/${path.basename(socket)}`, resolve)
  })
  return {
    async close() {
      await close()
      closeSync(directory)
    },
  }
}
