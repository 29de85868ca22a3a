import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import * as z from 'zod'
import { rootCredentials } from '../account.ts'
import type { CallLog } from '../call-log.ts'
import type { Fault } from '../faults.ts'
import { startPythonServer } from './python-server.ts'
import { sendSigned } from './signed-request.ts'

const here = path.dirname(fileURLToPath(import.meta.url))
const nodeBin = path.join(here, '..', '..', 'node_modules', '.bin')

export interface AwsOptions {
  /** A Python with sandbox/requirements.txt installed. */
  readonly python: string
  /** The folder for state, log and temporary files. The next start uses the state. */
  readonly directory: string
  /** Network settings of STS and the functions, such as HTTPS_PROXY and NODE_EXTRA_CA_CERTS. */
  readonly environment: Readonly<Record<string, string>>
  /** The URL of the proxy of STS. Default: the proxy of the functions. */
  readonly ownProxyUrl?: string
  readonly auth: boolean
  readonly port?: number
  /** The maximum number of processes of functions. Default: 20. */
  readonly functionProcesses?: number | undefined
  /** The milliseconds by which the clock of the functions is ahead. Default: 0. */
  readonly functionClockAheadMs?: number | undefined
}

/**
 * A fault of any server, or `kill-caller`, which only AWS has. For `kill-caller`, AWS performs the call, and kills the
 * function that made the call.
 */
export interface AwsFault extends Omit<Fault, 'kind'> {
  readonly kind: Fault['kind'] | 'kill-caller'
  /** The caller's ARN, in which `*` stands for any characters. Default: every caller. */
  readonly actor?: string
  /** The step that makes the call, as in the call log. Default: every call, including calls that no step makes. */
  readonly step?: string
  /** Text in the request, if the object does not distinguish requests. Default: any request. */
  readonly body?: string
  /** For `kill-caller`: text in the event of the invocation to kill. Default: all running invocations. */
  readonly event?: string
}

/** The fields that identify a fault. */
export type ArmedFault = Required<Pick<AwsFault, 'operation' | 'object' | 'event'>>

export interface AwsFaults {
  add(fault: AwsFault): Promise<void>
  /** Returns the faults whose `times` are not used up. */
  armed(): Promise<ArmedFault[]>
  /** Removes a fault. Returns the times of the calls that it affected, in milliseconds since the epoch. */
  remove(fault: AwsFault): Promise<readonly number[]>
  clear(): Promise<void>
}

export interface Aws {
  readonly endpoint: string
  readonly logFile: string
  readonly calls: CallLog
  readonly faults: AwsFaults
  /**
   * Kills the busy processes of functions whose name contains `name`, and the busy processes that run the step `name`.
   * With `event`, the event of the invocation must contain this text. Returns the number of killed processes.
   */
  killFunction(name: string, event?: string): Promise<number>
  /** Sets for how many seconds STS caches the keys of an issuer, and empties the cache. The default is 0. */
  setKeyCache(seconds: number): Promise<void>
  /** Shortens the waits and retry intervals of state machines: with 0.05, 20 seconds take one second. */
  setWaitScale(scale: number): Promise<void>
  close(): Promise<void>
}

/**
 * Starts MiniStack with its patches, and resolves when it is healthy.
 *
 * @throws Error with the end of the log when it does not start
 */
export async function startAws(options: AwsOptions): Promise<Aws> {
  const directory = path.resolve(options.directory)
  const folders = {
    state: path.join(directory, 'state'),
    s3: path.join(directory, 's3'),
    temporary: path.join(directory, 'tmp'),
  }
  await Promise.all(Object.values(folders).map((folder) => mkdir(folder, { recursive: true })))
  const logFile = path.join(directory, 'ministack.log')
  const server = await startPythonServer({
    python: options.python,
    module: 'ministack_patched',
    environment: (port) => ({
      ...options.environment,
      ...(options.ownProxyUrl !== undefined && { HTTPS_PROXY: options.ownProxyUrl }),
      // API Gateway reads the keys of token issuers over TLS:
      // https://docs.python.org/3/library/ssl.html#ssl.create_default_context
      ...(options.environment.NODE_EXTRA_CA_CERTS !== undefined && {
        SSL_CERT_FILE: options.environment.NODE_EXTRA_CA_CERTS,
      }),
      PATH: `${nodeBin}${path.delimiter}${process.env.PATH ?? ''}`,
      PYTHONPATH: here,
      PYTHONDONTWRITEBYTECODE: '1',
      HOME: folders.temporary,
      TMPDIR: folders.temporary,
      BIND_HOST: '127.0.0.1',
      GATEWAY_PORT: String(port),
      AUTH: String(options.auth),
      AWS_ACCESS_KEY_ID: rootCredentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: rootCredentials.secretAccessKey,
      IOT_MTLS_ENABLED: '0',
      SFTP_ENABLED: '0',
      LAMBDA_EXECUTOR: 'local',
      // The default of AWS. MiniStack's default depends on the memory of the machine.
      LAMBDA_ACCOUNT_CONCURRENCY: '1000',
      // A waiting call of a function occupies one of these threads. The calls that functions make also need threads.
      MINISTACK_WORKER_THREADS: '512',
      PERSIST_STATE: '1',
      STATE_DIR: folders.state,
      S3_PERSIST: '1',
      S3_DATA_DIR: folders.s3,
      ...(options.functionProcesses !== undefined && {
        SANDBOX_FUNCTION_PROCESSES: String(options.functionProcesses),
      }),
      SANDBOX_FUNCTION_ENVIRONMENT: JSON.stringify({
        ...options.environment,
        AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
        ...(options.functionClockAheadMs !== undefined && {
          SANDBOX_CLOCK_AHEAD_MS: String(options.functionClockAheadMs),
        }),
      }),
    }),
    logFile,
    healthPath: '/_ministack/health',
    processPath: '/_sandbox/process',
    port: options.port,
  })
  return { ...control(server.endpoint), logFile, endpoint: server.endpoint, close: () => server.close() }
}

export function rootUserEnvironment(endpoint: string, region: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: rootCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: rootCredentials.secretAccessKey,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
  }
}

const callsSchema = z.array(
  z.object({
    at: z.number(),
    actor: z.string(),
    operation: z.string(),
    object: z.string(),
    write: z.boolean(),
    durationMs: z.number(),
    step: z.string(),
    keys: z.array(z.string()),
  }),
)
const armedSchema = z.array(z.object({ operation: z.string(), object: z.string(), event: z.string() }))
const killedSchema = z.object({ killed: z.number() })

type Control = Pick<Aws, 'calls' | 'faults' | 'killFunction' | 'setKeyCache' | 'setWaitScale'>

function control(endpoint: string): Control {
  const ask = (method: string, where: string, body?: unknown) => request(method, endpoint + where, body)
  return {
    calls: {
      all: async () => callsSchema.parse(await ask('GET', '/_sandbox/calls')),
      clear: async () => void (await ask('DELETE', '/_sandbox/calls')),
    },
    faults: {
      add: async (fault) => void (await ask('POST', '/_sandbox/faults', fault)),
      armed: async () => armedSchema.parse(await ask('GET', '/_sandbox/faults')),
      remove: async (fault) => z.array(z.number()).parse(await ask('POST', '/_sandbox/faults/removed', fault)),
      clear: async () => void (await ask('DELETE', '/_sandbox/faults')),
    },
    killFunction: async (name, event = '') => {
      const answer = await ask('POST', '/_sandbox/kill', { function: name, event })
      return killedSchema.parse(answer).killed
    },
    setKeyCache: async (seconds) => void (await ask('POST', '/_sandbox/key-cache', { seconds })),
    setWaitScale: async (scale) =>
      void (await ask('POST', '/_ministack/config', { 'stepfunctions._SFN_WAIT_SCALE': scale })),
  }
}

/** Calls a control path of MiniStack or of the sandbox, which only the root user may use. */
export async function request(method: string, url: string, body?: unknown): Promise<unknown> {
  const json = body === undefined ? {} : { body: JSON.stringify(body) }
  const response = await sendSigned({ service: 'sandbox', method, url: new URL(url), ...json })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${url} answered ${response.status}: ${text}`)
  return JSON.parse(text)
}
