import type { ApiClient } from '../client/api.ts'
import { authorizer } from './api/authorize.ts'
import { apiClient } from './api/client.ts'
import { type Endpoint, endpointFrom } from './api/endpoint.ts'
import { exitCodes, WrongUse } from './errors.ts'
import { warn } from './note.ts'
import { type Output, outputTo } from './output.ts'
import { type SandboxDescription, sandboxAbove } from './sandbox/description.ts'

/** The terminal, the environment and the API of a command. */
export interface Context {
  readonly endpoint: Endpoint
  readonly api: ApiClient
  /** The sandbox of the API, if any. */
  readonly sandbox?: SandboxDescription | undefined
  /** The profile of the AWS configuration; undefined for AWS_PROFILE or the default. */
  readonly profile?: string | undefined
  readonly output: Output
  /** Seconds to wait for an operation. Undefined for no limit. */
  readonly timeout: number | undefined
  /** Aborted by Ctrl-C. */
  readonly interrupt: AbortSignal
}

export type OutputForm = 'text' | 'json' | 'markdown'

/** The options that every command has. */
export interface GlobalOptions {
  readonly api?: string | undefined
  readonly region?: string | undefined
  readonly profile?: string | undefined
  readonly output: OutputForm
  readonly timeout?: string | undefined
}

/** @throws {WrongUse} when nothing names the API, or an option is not valid */
export function contextFrom(options: GlobalOptions): Context {
  const sandbox = sandboxAbove(process.cwd())
  const endpoint = endpointFrom(options, process.env, sandbox)
  return {
    endpoint,
    api: apiClient(endpoint, authorizer(endpoint, options.profile), (message) =>
      warn(message, options.output === 'json'),
    ),
    sandbox: sandbox?.api === endpoint.url ? sandbox : undefined,
    profile: options.profile,
    output: outputTo(process.stdout, options.output === 'json', process.env),
    timeout: options.timeout === undefined ? undefined : secondsOf(options.timeout),
    interrupt: interruption(),
  }
}

/**
 * Aborted by Ctrl-C. A second Ctrl-C ends the process, which may be waiting for a response. The listener must stay
 * registered: without a listener, log-update ends the process at the first Ctrl-C.
 */
function interruption(): AbortSignal {
  const interrupt = new AbortController()
  process.on('SIGINT', () => {
    if (interrupt.signal.aborted) process.exit(exitCodes.interrupted)
    interrupt.abort()
  })
  return interrupt.signal
}

function secondsOf(text: string): number {
  const seconds = Number(text)
  if (Number.isFinite(seconds) && seconds > 0) return seconds
  throw new WrongUse(`--timeout takes a number of seconds above 0, not "${text}".`)
}
