/**
 * Patterns for Go's messages about failed calls of a webhook (crypto/tls, crypto/x509, net, and the API server's
 * service resolver), with our explanations. The API server's message is not passed on, because it quotes the webhook's
 * response.
 */
const causes: readonly (readonly [RegExp, string])[] = [
  // The first two patterns are for proxies and tunnels. Their messages also match later patterns.
  [
    /proxyconnect tcp:/,
    'the API server calls it through an HTTP proxy that does not reach it: add .svc to the NO_PROXY of the API server',
  ],
  [
    /proxy error from|No agent available/,
    "the tunnel from the API server to the cluster's nodes does not reach it: perhaps the agents of konnectivity do not run",
  ],
  [/unable to load root certificates/, 'its caBundle holds no certificate'],
  [/certificate signed by unknown authority/, 'its certificate is of an authority that the caBundle does not contain'],
  [/certificate has expired or is not yet valid/, 'its certificate has expired or is not yet valid'],
  [/certificate is (not )?valid for|doesn't contain any|Common Name/, "its certificate is not for the Service's name"],
  [/no endpoints available/, 'its Service has no pod that is ready'],
  [/service "[^"]*" not found/, 'its Service is not there'],
  [/connection refused/, 'its Service refuses connections: none of its pods may be ready'],
  [/deadline exceeded|timeout|timed out/i, 'it did not answer in time'],
  [/no such host|no route to host|network is unreachable/, 'the network does not lead to it'],
  [
    /: (Forbidden|Bad Gateway|Proxy Authentication Required|Service Unavailable)$/,
    'the API server calls it through an HTTP proxy that does not reach it: add .svc to the NO_PROXY of the API server',
  ],
  [/tls:|: EOF|connection reset/, 'the TLS handshake failed: it may have no certificate yet'],
]

/** Returns the webhook that an API server could not call, and the reason, or undefined for any other message. */
export function webhookFailure(message: string | undefined): { name: string; why: string } | undefined {
  const name = /failed calling webhook "([a-z0-9.-]{1,253})"/.exec(message ?? '')?.[1]
  if (message === undefined || name === undefined) return undefined
  // The URL is removed, because its parameter `timeout` would match a pattern.
  const words = message.replace(/"https?:[^"]*"/g, '')
  const why = causes.find(([pattern]) => pattern.test(words))?.[1] ?? 'the API server did not understand its answer'
  return { name, why }
}
