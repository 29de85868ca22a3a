import createClient, { type Client } from 'openapi-fetch'
import { CommandError } from '../errors.ts'
import type { Endpoint } from './endpoint.ts'
import type { components, paths } from './types.ts'

export type ApiClient = Client<paths>
export type Operation = components['schemas']['Operation']
export type OperationSummary = components['schemas']['OperationSummary']
export type Step = Operation['steps'][number]
export type Problem = components['schemas']['Problem']

/** Milliseconds that an answer may take. API Gateway ends every request after 30 seconds. */
const timeoutMs = 35_000

/** A client of the API, typed by its description. It signs where the endpoint has a region. */
export function apiClient({ url, region }: Endpoint, profile?: string): ApiClient {
  let sign: Promise<(request: Request) => Promise<Request>> | undefined
  const signed = async (request: Request): Promise<Request> => {
    if (region === undefined) return request
    // Loading the signer costs more time than all else of a command.
    sign ??= import('./sign.ts').then(({ signer }) => signer(region, profile))
    return (await sign)(request)
  }
  return createClient<paths>({
    baseUrl: url,
    fetch: async (request) => {
      const ready = await signed(request)
      return fetch(ready, { signal: AbortSignal.timeout(timeoutMs) }).catch((error: unknown) => unreachable(url, error))
    },
  })
}

function unreachable(url: string, error: unknown): never {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const reason = cause instanceof Error ? cause.message : String(cause)
  throw new CommandError(`The API at ${url} does not answer (${reason}). Check the URL and the network, and try again.`)
}
