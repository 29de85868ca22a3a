import { Agent } from 'undici'
import { connectorTo } from '../network/connector.ts'
import type { Via } from '../network/dial.ts'
import type { ClusterCredentials } from './credentials.ts'

/** The time limit for the head of an answer, and between two parts of its body. */
const silenceMs = 15_000

/** The maximum size of an answer. The lists that are read here are small or limited. */
const maxAnswerBytes = 16 * 1024 * 1024

/**
 * The dispatcher of the Kubernetes client's requests. It connects over {@link dial}, in TLS with the cluster's own CA
 * only, and to no other host than the one in the credentials.
 */
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
    maxResponseSize: maxAnswerBytes,
  })
}
