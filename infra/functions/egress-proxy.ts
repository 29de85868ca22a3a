/** The HTTP proxy of functions in a network without direct internet access. */
import * as z from 'zod'
import { textOf } from '../settings/setting-text.ts'

/**
 * Credentials in the URL would be visible to everyone who may read a function's configuration. The proxy can identify
 * the functions by their subnets or security groups instead.
 */
const url = textOf(
  'the URL of an HTTP CONNECT proxy such as http://proxy.example.com:3128, without a user name and a password',
  /^http:\/\/[A-Za-z0-9.-]+:\d{1,5}\/?$/,
)

/** The NO_PROXY syntax of Node: https://nodejs.org/docs/latest-v24.x/api/http.html#built-in-proxy-support */
const exception = textOf(
  'a host such as api.example.com, or a domain such as .example.com, with or without a port',
  /^\.?[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*(:\d{1,5})?$/,
)

export const egressProxySettings = z
  .strictObject({
    url: url.meta({
      description: 'It receives `CONNECT HOST:PORT`.',
      examples: ['http://proxy.example.com:3128'],
    }),
    noProxy: z
      .array(exception)
      .default([])
      .meta({
        description: 'Hosts and, after a dot, domains without the proxy.',
        examples: [['.corp.example.com', 'sts.eu-west-1.amazonaws.com']],
      }),
  })
  .optional()

export type EgressProxy = NonNullable<z.output<typeof egressProxySettings>>

/**
 * Google's libraries, the AWS clients (lambdas/clouds/aws/clients/config.ts), and connections to clusters and issuers
 * (lambdas/clouds/network/dial.ts) read these variables. NODE_USE_ENV_PROXY is not set: it would configure Node's
 * fetch, which no function in the network calls, and would load a second undici into each function at its start.
 */
export function proxyVariables({ url, noProxy }: EgressProxy): Record<string, string> {
  return {
    HTTPS_PROXY: url,
    ...(noProxy.length > 0 && { NO_PROXY: noProxy.join(',') }),
  }
}
