import { createPrivateKey, X509Certificate } from 'node:crypto'
import { parse } from 'yaml'
import * as z from 'zod/mini'
import { InvalidCredentials } from '../../errors/step-errors.ts'
import { hostProblem } from '../network/address.ts'

/** The credentials for one API server. They never name a program to run or a file to read. */
export interface ClusterCredentials {
  /** https URL. */
  readonly server: string
  /** PEM. */
  readonly ca: string
  readonly token?: string
  /** Both in PEM. */
  readonly client?: { readonly certificate: string; readonly key: string }
  readonly proxyUrl?: string
  /** The name to send in TLS and to verify in the certificate, if it is not the server's host (tls-server-name). */
  readonly serverName?: string
  /** Whether the secret's value requests that rotations renew the credentials. */
  readonly wantsRenewal?: true
}

/** One field of the secret's value, and its path. Errors name the path, but never the field's value. */
interface Field {
  readonly path: string
  readonly value: unknown
}

/** The fields of a secret's value, the same for all its forms. */
interface Source {
  readonly server: Field
  readonly ca: Field
  readonly token: Field
  readonly certificate: Field
  readonly key: Field
  readonly proxyUrl?: Field
  readonly serverName?: Field
  readonly extensions?: Field
}

type Mapping = Record<string, unknown>

const mapping = z.record(z.string(), z.unknown())

const kubeconfig = z.object({
  clusters: z.array(z.object({ name: z.string(), cluster: mapping })),
  users: z.array(z.object({ name: z.string(), user: mapping })),
  contexts: z.array(z.object({ name: z.string(), context: z.object({ cluster: z.string(), user: z.string() }) })),
  'current-context': z.optional(z.string()),
})

type Kubeconfig = z.output<typeof kubeconfig>

const serviceAccountToken =
  'Create a service account for the deployment, and put its token (of a Secret of type kubernetes.io/service-account-token) inline as `token`'
const inline = 'Put the content inline, base64-encoded'

/** Rejected fields of a kubeconfig's user: programs, files, passwords, impersonation. Each has reason and remedy. */
const refusedOfUser: Readonly<Record<string, { reason: string; action: string }>> = {
  exec: { reason: 'it runs a program', action: serviceAccountToken },
  'auth-provider': { reason: 'it runs a plug-in', action: serviceAccountToken },
  tokenFile: { reason: 'it names a file, which the deployment cannot read', action: serviceAccountToken },
  'client-certificate': {
    reason: 'it names a file, which the deployment cannot read',
    action: `${inline}, as client-certificate-data`,
  },
  'client-key': {
    reason: 'it names a file, which the deployment cannot read',
    action: `${inline}, as client-key-data`,
  },
  username: { reason: 'passwords are not supported', action: serviceAccountToken },
  password: { reason: 'passwords are not supported', action: serviceAccountToken },
  as: { reason: 'impersonation is not supported', action: serviceAccountToken },
  'as-uid': { reason: 'impersonation is not supported', action: serviceAccountToken },
  'as-groups': { reason: 'impersonation is not supported', action: serviceAccountToken },
  'as-user-extra': { reason: 'impersonation is not supported', action: serviceAccountToken },
}

const refusedOfCluster: Readonly<Record<string, { reason: string; action: string }>> = {
  'insecure-skip-tls-verify': {
    reason: "it would send the credentials to whoever answers in the server's place",
    action: "Remove it, and put the cluster's CA into certificate-authority-data",
  },
  'certificate-authority': {
    reason: 'it names a file, which the deployment cannot read',
    action: `${inline}, as certificate-authority-data`,
  },
}

/**
 * Parses the credentials in a secret, which have one of these forms:
 * - a kubeconfig (YAML or JSON) with inline data only
 * - JSON `{ server, caData, token }`
 * - JSON `{ server, caData, clientCertificateData, clientKeyData }`
 *
 * The data of the JSON forms is PEM, or base64 of PEM. Fields of a kubeconfig:
 * https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/
 *
 * @throws {InvalidCredentials} when the value cannot be used; the error names the secret, the field and the remedy, and
 * never a value
 */
export function parseClusterCredentials(text: string, secretArn: string): ClusterCredentials {
  try {
    return credentialsOf(sourceOf(documentOf(text)))
  } catch (error) {
    if (error instanceof Refused) throw error.explained(secretArn)
    throw error
  }
}

/**
 * Returns the path (keys and indexes) to the token in a value that `parseClusterCredentials` accepts.
 *
 * @throws {InvalidCredentials} when the value has no field for a token
 */
export function tokenPath(text: string, secretArn: string): readonly (string | number)[] {
  try {
    const document = documentOf(text)
    if (!isKubeconfig(document)) return ['token']
    return ['users', indexesIn(kubeconfigOf(document)).userAt, 'user', 'token']
  } catch (error) {
    if (error instanceof Refused) throw error.explained(secretArn)
    throw error
  }
}

/** A problem with one field. The code that throws it does not know the secret. */
class Refused extends Error {
  readonly path: string
  readonly reason: string
  readonly action: string

  constructor(path: string, reason: string, action: string) {
    super(reason)
    this.path = path
    this.reason = reason
    this.action = action
  }

  explained(secretArn: string): InvalidCredentials {
    return new InvalidCredentials({ object: secretArn, reason: `${this.path}: ${this.reason}`, action: this.action })
  }
}

const usableForms =
  'Store a kubeconfig with inline data, or JSON { "server", "caData" } with "token" or with "clientCertificateData" and "clientKeyData", as the value of the secret'

function documentOf(text: string): Mapping {
  const document = mapping.safeParse(yamlOf(text))
  if (document.success) return document.data
  throw new Refused('the value', 'it is neither a kubeconfig nor a JSON object', usableForms)
}

function yamlOf(text: string): unknown {
  try {
    // Warnings would quote the secret in the log.
    return parse(text, { logLevel: 'error' })
  } catch {
    // The error has no cause, because the parser's message quotes the secret.
    throw new Refused('the value', 'it is neither YAML nor JSON', usableForms)
  }
}

function sourceOf(document: Mapping): Source {
  if (isKubeconfig(document)) return kubeconfigSource(kubeconfigOf(document))
  if ('server' in document) return plainSource(document)
  throw new Refused('the value', 'it has neither `clusters` nor `server`', usableForms)
}

function isKubeconfig(document: Mapping): boolean {
  return document.kind === 'Config' || 'clusters' in document
}

function plainSource(document: Mapping): Source {
  const field = (name: string) => ({ path: name, value: document[name] })
  return {
    server: field('server'),
    ca: field('caData'),
    token: field('token'),
    certificate: field('clientCertificateData'),
    key: field('clientKeyData'),
  }
}

function kubeconfigOf(document: Mapping): Kubeconfig {
  const parsed = kubeconfig.safeParse(document)
  if (parsed.success) return parsed.data
  const path = parsed.error.issues[0]?.path.join('.') ?? ''
  throw new Refused(path || 'the value', 'it is missing or of another type than in a kubeconfig', usableForms)
}

function kubeconfigSource(config: Kubeconfig): Source {
  const { clusterAt, userAt } = indexesIn(config)
  const cluster = part(config.clusters[clusterAt]?.cluster, `clusters[${clusterAt}].cluster`, 'cluster')
  const user = part(config.users[userAt]?.user, `users[${userAt}].user`, 'user')
  cluster.refuse(refusedOfCluster)
  user.refuse(refusedOfUser)
  return {
    server: cluster.field('server'),
    ca: cluster.field('certificate-authority-data'),
    token: user.field('token'),
    certificate: user.field('client-certificate-data'),
    key: user.field('client-key-data'),
    proxyUrl: cluster.field('proxy-url'),
    serverName: cluster.field('tls-server-name'),
    extensions: user.field('extensions'),
  }
}

/** Returns the indexes of the current context's cluster and user. The index of a missing entry is -1. */
function indexesIn(config: Kubeconfig) {
  const { context } = currentContext(config)
  return {
    clusterAt: config.clusters.findIndex(({ name }) => name === context.cluster),
    userAt: config.users.findIndex(({ name }) => name === context.user),
  }
}

function currentContext(config: Kubeconfig): Kubeconfig['contexts'][number] {
  const desired = config['current-context'] ?? ''
  if (desired === '' && config.contexts.length > 1) {
    throw new Refused(
      'current-context',
      'it is missing, and there are several contexts',
      'Set it, or store only one context',
    )
  }
  const observed = desired === '' ? config.contexts[0] : config.contexts.find(({ name }) => name === desired)
  if (observed) return observed
  throw new Refused('current-context', 'there is no such context', 'Name one of `contexts`, or add it')
}

/** Returns readers for the fields of one entry. The context names the entry, so it must exist. */
function part(entry: Mapping | undefined, path: string, kind: string) {
  if (!entry) {
    throw new Refused(`${kind}s`, `the current context's ${kind} is not among them`, `Add it, or correct the context`)
  }
  return {
    field: (name: string): Field => ({ path: `${path}.${name}`, value: entry[name] }),
    refuse(fields: typeof refusedOfUser) {
      for (const [name, { reason, action }] of Object.entries(fields)) {
        if (isSet(entry[name])) throw new Refused(`${path}.${name}`, reason, action)
      }
    },
  }
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null && value !== false && value !== ''
}

function credentialsOf(source: Source): ClusterCredentials {
  const token = isSet(source.token.value) ? tokenOf(source.token) : undefined
  const client = clientOf(source)
  if (token === undefined && client === undefined) {
    throw new Refused(source.token.path, 'there is no token, and no client certificate either', serviceAccountToken)
  }
  return {
    server: serverOf(source.server),
    ca: caOf(source.ca),
    ...(token !== undefined && { token }),
    ...(client && { client }),
    ...(source.proxyUrl && isSet(source.proxyUrl.value) && { proxyUrl: proxyOf(source.proxyUrl) }),
    ...(source.serverName && isSet(source.serverName.value) && { serverName: textOf(source.serverName) }),
    ...(requestsRenewal(source.extensions) && { wantsRenewal: true }),
  }
}

/**
 * The extension of a kubeconfig's user that requests renewal of the token by rotations. As a part of the secret's
 * value, the extension disappears when a user replaces the value. `wid connect --renew` writes it
 * (cli/connect/kubeconfig.ts).
 */
const namedExtensions = z.array(z.looseObject({ name: z.string() }))
const renewalName = 'workload-identity/renewal'

function requestsRenewal(field: Field | undefined): boolean {
  return namedExtensions.safeParse(field?.value).data?.some(({ name }) => name === renewalName) ?? false
}

function serverOf(field: Field): string {
  const url = urlOf(field)
  if (url.protocol !== 'https:') {
    throw new Refused(field.path, 'it is not an https URL', 'Give the https URL of the API server')
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new Refused(field.path, 'it has a user, query or fragment', 'Give scheme, host, port and path only')
  }
  refuseUnsafe(field, url)
  return url.href.replace(/\/+$/, '')
}

function proxyOf(field: Field): string {
  const url = urlOf(field)
  if (url.protocol !== 'http:') {
    throw new Refused(field.path, 'only HTTP CONNECT proxies are supported', 'Give an http:// URL, or remove it')
  }
  refuseUnsafe(field, url)
  return url.href
}

function refuseUnsafe(field: Field, url: URL): void {
  const problem = hostProblem(url.hostname, 'cluster')
  if (problem === undefined) return
  throw new Refused(
    field.path,
    `the deployment does not connect to this host: ${problem}`,
    'Give the address that it has in your network',
  )
}

function urlOf(field: Field): URL {
  const url = URL.parse(textOf(field))
  if (url) return url
  throw new Refused(field.path, 'it is not a URL', 'Give scheme, host and port')
}

function textOf(field: Field): string {
  if (typeof field.value === 'string' && field.value !== '') return field.value
  if (!isSet(field.value)) throw new Refused(field.path, 'it is missing', 'Add it')
  throw new Refused(field.path, 'it is not text', 'Write it as text, in quotes')
}

function tokenOf(field: Field): string {
  const token = textOf(field).trim()
  // If a token is invalid in a header, the HTTP client's error would quote it.
  if (/^[\x21-\x7e]+$/.test(token)) return token
  throw new Refused(field.path, 'it has characters that no token has', 'Give the token itself, not base64 of a file')
}

function caOf(field: Field): string {
  if (!isSet(field.value)) {
    throw new Refused(field.path, 'it is missing', "Give the CA of the API server's certificate, base64-encoded")
  }
  const ca = pemOf(field)
  certificateOf(ca, field)
  return ca
}

function clientOf(source: Source): ClusterCredentials['client'] {
  if (!isSet(source.certificate.value) && !isSet(source.key.value)) return undefined
  const certificate = pemOf(source.certificate)
  const key = pemOf(source.key)
  if (!certificateOf(certificate, source.certificate).checkPrivateKey(keyOf(key, source.key))) {
    throw new Refused(
      source.key.path,
      'it is not the key of the client certificate',
      'Give a certificate and its own key',
    )
  }
  return { certificate, key }
}

function pemOf(field: Field): string {
  const text = textOf(field)
  const pem = text.includes('-----BEGIN ') ? text : Buffer.from(text, 'base64').toString('utf8')
  if (pem.includes('-----BEGIN ')) return pem
  throw new Refused(field.path, 'it is neither PEM nor base64 of PEM', 'Give PEM, or base64 of PEM as in a kubeconfig')
}

function certificateOf(pem: string, field: Field): X509Certificate {
  try {
    return new X509Certificate(pem)
  } catch {
    throw new Refused(field.path, 'it is not a certificate', 'Give a PEM certificate, base64-encoded')
  }
}

function keyOf(pem: string, field: Field) {
  try {
    return createPrivateKey(pem)
  } catch {
    throw new Refused(
      field.path,
      'it is not a private key, or it has a passphrase',
      'Give a PEM key without passphrase',
    )
  }
}
