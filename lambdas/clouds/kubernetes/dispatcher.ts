import { Agent, type buildConnector } from 'undici'
import { UnsafeAddress } from '../../errors/step-errors.ts'
import { connectorTo } from '../network/connector.ts'
import type { Via } from '../network/dial.ts'
import type { ClusterCredentials } from './credentials.ts'

/** For the answer's head, and between two parts of its body; the step's signal bounds the whole. */
const answerTimeoutMs = 15_000

/** Lists that are read here are small or limited: more than this is no answer to them. */
const maxAnswerBytes = 16 * 1024 * 1024

/**
 * How the Kubernetes client's requests reach the API server: over {@link dial}, in TLS with the cluster's own CA only.
 * No connection is made to any other host, wherever the server redirects to.
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
