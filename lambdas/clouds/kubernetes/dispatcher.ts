import { Agent } from 'undici'
import { connectorTo } from '../network/connector.ts'
import type { Via } from '../network/dial.ts'
import type { ClusterCredentials } from './credentials.ts'

/** The time limit for the head of a response, and between two parts of its body. */
const silenceMs = 15_000

/** The maximum size of a response in MiB. The lists that the functions read are small or limited. */
export const maxAnswerMiB = 16

/** Returns a dispatcher that connects only to the server in the credentials, and trusts only the CA in them. */
export function dispatcherFor(credentials: ClusterCredentials, via: Via): Agent {
  const server = new URL(credentials.server)
  const target = { host: server.hostname, port: Number(server.port || 443) }
  return new Agent({
    connect: connectorTo(target, {
      via,
      tls: {
        ca: credentials.ca,
        ...(credentials.client && { cert: credentials.client.certificate, key: credentials.client.key }),
      },
      servername: credentials.serverName,
    }),
    headersTimeout: silenceMs,
    bodyTimeout: silenceMs,
    maxResponseSize: maxAnswerMiB * 1024 * 1024,
  })
}
