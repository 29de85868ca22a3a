import { isBefore, type WebhookImage } from './images.ts'

/** The values of the command line, with names as in the webhook's main.go. */
export interface WebhookFlags {
  readonly port: number
  readonly metricsPort: number
  readonly inCluster: boolean
  readonly tlsCert: string
  readonly tlsKey: string
  readonly serviceName: string
  readonly namespace: string
  readonly tlsSecret: string
  readonly annotationPrefix: string
  readonly tokenAudience: string
  readonly tokenMountPath: string
  readonly tokenExpiration: number
  readonly region: string
  readonly regionalSts: boolean
}

interface Definition {
  readonly type: 'bool' | 'int' | 'string' | 'duration'
  readonly fallback: string
  readonly since?: readonly [number, number, number]
}

const flag = (type: Definition['type'], fallback = ''): Definition => ({ type, fallback })
const since = (version: readonly [number, number, number], definition: Definition): Definition => ({
  ...definition,
  since: version,
})

/** The flags of the webhook, followed by the flags of klog. */
const definitions: Readonly<Record<string, Definition>> = {
  port: flag('int', '443'),
  'metrics-port': flag('int', '9999'),
  kubeconfig: flag('string'),
  'kube-api': flag('string'),
  'in-cluster': flag('bool', 'true'),
  'tls-cert': flag('string', '/etc/webhook/certs/tls.crt'),
  'tls-key': flag('string', '/etc/webhook/certs/tls.key'),
  'service-name': flag('string', 'pod-identity-webhook'),
  namespace: flag('string', 'eks'),
  'tls-secret': flag('string', 'pod-identity-webhook'),
  'annotation-prefix': flag('string', 'eks.amazonaws.com'),
  'token-audience': flag('string', 'sts.amazonaws.com'),
  'token-mount-path': flag('string', '/var/run/secrets/eks.amazonaws.com/serviceaccount'),
  'token-expiration': flag('int', '86400'),
  'aws-default-region': flag('string'),
  'sts-regional-endpoint': flag('bool', 'false'),
  version: flag('bool', 'false'),
  'enable-debugging-handlers': flag('bool', 'false'),
  'watch-config-map': since([0, 4, 0], flag('bool', 'false')),
  'compose-role-arn': since([0, 5, 0], flag('bool', 'false')),
  'watch-container-credentials-config': since([0, 5, 0], flag('string')),
  'container-credentials-audience': since([0, 5, 0], flag('string')),
  'container-credentials-token-mount-path': since([0, 5, 0], flag('string')),
  'container-credentials-token-volume-name': since([0, 5, 0], flag('string')),
  'container-credentials-token-path': since([0, 5, 0], flag('string')),
  'container-credentials-full-uri': since([0, 5, 0], flag('string')),
  'service-account-lookup-grace-period': since([0, 5, 3], flag('duration', '100ms')),
  v: flag('int', '0'),
  logtostderr: flag('bool', 'true'),
  alsologtostderr: flag('bool', 'false'),
  stderrthreshold: flag('string', '2'),
  vmodule: flag('string'),
  log_dir: flag('string'),
  log_file: flag('string'),
  log_file_max_size: flag('int', '1800'),
  log_backtrace_at: flag('string'),
  skip_headers: flag('bool', 'false'),
  skip_log_headers: flag('bool', 'false'),
  add_dir_header: flag('bool', 'false'),
  one_output: flag('bool', 'false'),
}

/**
 * Reads the command line as pflag does.
 *
 * @throws Error with pflag's message for a flag that this version does not have, or for an invalid value
 */
export function parseFlags(args: readonly string[], image: WebhookImage): WebhookFlags {
  const values = new Map<string, string>()
  const rest = [...args]
  for (let argument = rest.shift(); argument !== undefined && argument !== '--'; argument = rest.shift()) {
    if (!argument.startsWith('-')) continue
    const { name, value } = readFlag(argument, rest, image)
    values.set(name, value)
  }
  const read = (name: string) => values.get(name) ?? definitions[name]?.fallback ?? ''
  return {
    port: Number(read('port')),
    metricsPort: Number(read('metrics-port')),
    inCluster: isTrue(read('in-cluster')),
    tlsCert: read('tls-cert'),
    tlsKey: read('tls-key'),
    serviceName: read('service-name'),
    namespace: read('namespace'),
    tlsSecret: read('tls-secret'),
    annotationPrefix: read('annotation-prefix'),
    tokenAudience: read('token-audience'),
    tokenMountPath: read('token-mount-path'),
    tokenExpiration: Math.max(600, Number(read('token-expiration'))),
    region: read('aws-default-region'),
    regionalSts: isTrue(read('sts-regional-endpoint')),
  }
}

function readFlag(argument: string, rest: string[], image: WebhookImage): { name: string; value: string } {
  const [, dashes = '', name = '', , inline] = /^(--?)([^=]*)(=([\s\S]*))?$/.exec(argument) ?? []
  const definition = definitionOf(dashes, name, image)
  if (!definition) throw new Error(unknownFlag(argument, dashes, name))
  const value = inline ?? (definition.type === 'bool' ? 'true' : rest.shift())
  if (value === undefined) throw new Error(`flag needs an argument: --${name}`)
  refuseMisfit(name, value, definition.type)
  return { name, value }
}

function definitionOf(dashes: string, name: string, image: WebhookImage): Definition | undefined {
  const definition = definitions[name]
  if (!definition || (dashes === '-' && name.length > 1)) return undefined
  return definition.since && isBefore(image.version, definition.since) ? undefined : definition
}

function unknownFlag(argument: string, dashes: string, name: string): string {
  return dashes === '-' ? `unknown shorthand flag: '${name[0]}' in ${argument}` : `unknown flag: --${name}`
}

function refuseMisfit(name: string, value: string, type: Definition['type']): void {
  const rules: Record<Definition['type'], RegExp> = {
    bool: /^(true|false|t|f|1|0|TRUE|FALSE|True|False|T|F)$/,
    int: /^-?\d+$/,
    duration: /^0$|^(\d+(\.\d+)?(ns|us|ms|s|m|h))+$/,
    string: /^[\s\S]*$/,
  }
  const parsers = { bool: 'ParseBool', int: 'ParseInt', duration: 'time: invalid duration', string: '' }
  if (rules[type].test(value)) return
  throw new Error(
    `invalid argument "${value}" for "--${name}" flag: strconv.${parsers[type]}: parsing "${value}": invalid syntax`,
  )
}

export function isTrue(value: string): boolean {
  return ['true', 't', '1'].includes(value.toLowerCase())
}
