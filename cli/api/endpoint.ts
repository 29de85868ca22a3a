/** The location of the API, and the region that its requests are signed for. */
import { WrongUse } from '../errors.ts'
import type { SandboxDescription } from '../sandbox/description.ts'

export interface Endpoint {
  /** Without a trailing slash. */
  readonly url: string
  /** The region that requests are signed for. Omitted when unknown, and for a sandbox, which signs requests itself. */
  readonly region?: string
}

export interface EndpointOptions {
  readonly api?: string | undefined
  readonly region?: string | undefined
}

export class NoApi extends WrongUse {
  override readonly name = 'NoApi'
}

/** API Gateway's default domain names: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-publish.html */
const gatewayHost = /\.execute-api\.([a-z0-9-]+)\.amazonaws\.com(\.cn)?$/

/**
 * The API that the command line, the environment (WID_API) or a sandbox names, in this order.
 *
 * @param sandbox that runs from this folder or a parent folder
 * @throws {NoApi} when nothing names the API
 * @throws {WrongUse} when the name is not a URL
 */
export function endpointFrom(
  options: EndpointOptions,
  environment: NodeJS.ProcessEnv,
  sandbox: Pick<SandboxDescription, 'api'> | undefined,
): Endpoint {
  const given = options.api ?? (environment.WID_API || sandbox?.api)
  if (given === undefined) {
    throw new NoApi(
      'No API is named. Give its URL with --api or in WID_API: it is the output ApiUrl of the stack. In the folder of a running sandbox, the command finds the API itself.',
    )
  }
  const { href, hostname } = requireHttpsOrLoopback(given, 'the URL of an API')
  const url = href.replace(/\/+$/, '')
  if (isLoopback(hostname)) return { url }
  const region = options.region ?? gatewayHost.exec(hostname)?.[1] ?? (environment.AWS_REGION || undefined)
  return { url, ...(region !== undefined && { region }) }
}

/**
 * @param what the subject of the message: "an issuer"
 * @throws {WrongUse} when the text is not a URL, or when others in the network could read the traffic
 */
export function requireHttpsOrLoopback(text: string, what: string): URL {
  const url = URL.parse(text)
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname))) return url
  throw new WrongUse(`"${text}" is not ${what}: give one that begins with https://.`)
}

export function isLoopback(hostname: string): boolean {
  return hostname === '127.0.0.1' || hostname === 'localhost' || hostname === '[::1]'
}
