import { Agent, type buildConnector } from 'undici'
import { UnsafeAddress } from '../../errors/step-errors.ts'
import { connectorTo } from '../network/connector.ts'
import type { Via } from '../network/dial.ts'
import type { ClusterCredentials } from './credentials.ts'

/**
 * The time limit for the head of an answer, and between two parts of its body. The step's signal limits the whole
 * request.
 */
const answerTimeoutMs = 15_000

/** The maximum size of an answer. The lists that are read here are small or limited. */
const maxAnswerBytes = 16 * 1024 * 1024

/**
 * The dispatcher of the Kubernetes client's requests. It connects over {@link dial}, in TLS with the cluster's own CA
 * only. It connects to no other host, wherever the server redirects to.
 */
export function dispatcherFor(credentials: ClusterCredentials, via: Via): Agent {
  const server = new URL(credentials.server)
  const target = { host: server.hostname, port: Number(server.port || 443) }
  const connectToServer = connectorTo(target, {
    via,
    tls: {
      ca: credentials.ca,
      ...(credentials.client && { cert: credentials.client.certificate, key: credentials.client.key }),
    },
    servername: credentials.serverName,
  })
  const connect: buildConnector.connector = (options, callback) => {
    if (!isSameOrigin(options, server)) return callback(redirected(server), null)
    connectToServer(options, callback)
  }
  return new Agent({
    connect,
    headersTimeout: answerTimeoutMs,
    bodyTimeout: answerTimeoutMs,
    maxResponseSize: maxAnswerBytes,
  })
}

function isSameOrigin(options: buildConnector.Options, server: URL): boolean {
  return options.protocol === server.protocol && options.hostname === server.hostname && options.port === server.port
}

function redirected(server: URL): UnsafeAddress {
  return new UnsafeAddress({
    object: server.host,
    reason: 'it redirects to another host',
    action: "Put the API server's own URL into the credentials",
  })
}
