import { isIPv6 } from 'node:net'
import * as z from 'zod/mini'

type Environment = Readonly<Record<string, string | undefined>>

/** Time limits and intervals in milliseconds. Only tests use other values. */
export const defaultTimes = {
  /** The limit of a call for work and of an enrolment. The deployment may hold a call for work for 20 s. */
  callMs: 40_000,
  /** How long the agent tries to post an answer. */
  answerMs: 20_000,
  /** The limit of a relayed request: connection, head and body together. */
  relayMs: 30_000,
  /** The wait after a call while the cluster is not enrolled. */
  notEnrolledMs: 30_000,
  /** The shortest time between two calls for work that bring no new request. */
  quietCallMs: 1_000,
  /** The longest delay after the first failure. */
  retryMinMs: 1_000,
  /** The longest delay after many failures. */
  retryMaxMs: 30_000,
  /** The time between two reads of the key set. */
  keySetMs: 30_000,
  /** How long /healthz succeeds after a step of the loop. */
  healthyMs: 300_000,
  /** How long running requests may take after SIGTERM. */
  closeMs: 10_000,
}

export type Times = Readonly<typeof defaultTimes>

const schema = z.object({
  apiUrl: valid(
    isApiUrl,
    "API_URL is not an https URL without a trailing slash: set it to the URL of the deployment's API, such as https://roles.example.com",
  ),
  cluster: valid(
    (text) => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(text),
    'CLUSTER is not the name of a cluster (a DNS-1123 label): set it to the name of the cluster in the deployment',
  ),
  tokenFile: z.string(),
  codeFile: z.string(),
  /** Has the files `token` and `ca.crt`. */
  serviceAccountFolder: z.string(),
  apiServer: valid(
    isHttpsOrigin,
    'API_SERVER is not https://HOST or https://HOST:PORT: set it to the URL of the API server, or, in a pod, remove it',
  ),
  healthPort: z
    .int('HEALTH_PORT is not a number: set it to a number from 1 to 65535, or remove it')
    .check(z.refine((port) => port >= 1 && port <= 65_535, 'HEALTH_PORT is not from 1 to 65535: correct or remove it')),
  /** Empty without a proxy. Applies to calls to the deployment only. */
  httpsProxy: valid(
    (text) => text === '' || ['http:', 'https:'].includes(URL.parse(text)?.protocol ?? ''),
    'HTTPS_PROXY is not the URL of an HTTP proxy: set it to http://HOST:PORT, or remove it',
  ),
  noProxy: z.string(),
})

export interface Configuration extends Readonly<z.output<typeof schema>> {
  readonly times: Times
}

export class ConfigurationError extends Error {
  /** One sentence for each wrong variable. */
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(problems.join('\n'))
    this.name = 'ConfigurationError'
    this.problems = problems
  }
}

/**
 * Reads the environment variables. An empty variable counts as not set.
 *
 * @throws {ConfigurationError} when a variable is missing or wrong
 */
export function readConfiguration(env: Environment): Configuration {
  const { data, error } = z.safeParse(schema, {
    apiUrl: env.API_URL ?? '',
    cluster: env.CLUSTER ?? '',
    tokenFile: env.TOKEN_FILE || '/var/run/secrets/workload-identity/token',
    codeFile: env.CODE_FILE ?? '',
    serviceAccountFolder: env.SERVICE_ACCOUNT_FOLDER || '/var/run/secrets/kubernetes.io/serviceaccount',
    apiServer: env.API_SERVER || serverOfPod(env),
    healthPort: Number(env.HEALTH_PORT || 8080),
    httpsProxy: env.https_proxy || env.HTTPS_PROXY || '',
    noProxy: env.no_proxy || env.NO_PROXY || '',
  })
  if (error) throw new ConfigurationError(error.issues.map(({ message }) => message))
  return { ...data, apiServer: new URL(data.apiServer).origin, times: defaultTimes }
}

function valid(isValid: (text: string) => boolean, problem: string) {
  return z.string().check(z.refine(isValid, problem))
}

/** https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/#directly-accessing-the-rest-api */
function serverOfPod({ KUBERNETES_SERVICE_HOST: host = '', KUBERNETES_SERVICE_PORT: port = '' }: Environment): string {
  return `https://${isIPv6(host) ? `[${host}]` : host}:${port}`
}

/** An API without TLS can only be on the loopback interface, for tests. */
function isApiUrl(text: string): boolean {
  const url = URL.parse(text)
  const isProtected = url?.protocol === 'https:' || (url?.protocol === 'http:' && url.hostname === '127.0.0.1')
  return isProtected && !url.username && !/[?#\s]|\/$/.test(text)
}

function isHttpsOrigin(text: string): boolean {
  const url = URL.parse(text)
  return url?.protocol === 'https:' && !url.username && url.pathname === '/' && !/[?#\s]/.test(text)
}
