import { isLoopback } from '../api/endpoint.ts'

/**
 * The message when nothing listens at a local address, because only a sandbox has such an address. Undefined for other
 * addresses and errors.
 *
 * @param error of a connection
 */
export function stoppedSandbox(url: string, error: unknown): string | undefined {
  if (!isLoopback(new URL(url).hostname) || codeOf(error) !== 'ECONNREFUSED') return undefined
  return `The sandbox at ${url} does not run: nothing listens there. "npm start", in the folder of the repository, starts it.`
}

/** https://nodejs.org/docs/latest-v24.x/api/errors.html#common-system-errors */
function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
}
