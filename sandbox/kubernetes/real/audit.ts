import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import type { Call } from '../../call-log.ts'
import type { ClusterCallLog } from '../clusters/any-cluster.ts'
import { asString, at, isObject, type JsonObject } from '../objects/objects.ts'
import { systemUsers } from './users.ts'

export const auditLogFile = 'logs/audit.log'

/** Logs each call once, except calls of the cluster's own components. A watch has a second entry, for its start. */
export const auditPolicy = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [{ level: 'None', users: systemUsers }, { level: 'Metadata' }],
}

export class AuditLog implements ClusterCallLog {
  readonly #file: string
  readonly #kindOf: (resource: string, group: string) => string
  #read = 0
  #rest = Buffer.alloc(0)
  #calls: Call[] = []

  /** @param kindOf the kind of a resource: `Deployment` for `deployments` of `apps` */
  constructor(file: string, kindOf: (resource: string, group: string) => string) {
    this.#file = file
    this.#kindOf = kindOf
  }

  all(): readonly Call[] {
    const events = this.#newLines().map((line): unknown => JSON.parse(line))
    for (const event of events.filter(isAnswered)) this.#calls.push(this.#callOf(event))
    return [...this.#calls]
  }

  clear(): void {
    this.#newLines()
    this.#calls = []
  }

  #callOf(event: unknown): Call {
    const verb = asString(at(event, 'verb'))
    const uri = asString(at(event, 'requestURI'))
    const startedAt = Date.parse(asString(at(event, 'requestReceivedTimestamp')))
    return {
      at: startedAt,
      actor:
        asString(at(event, 'impersonatedUser', 'username')) ||
        asString(at(event, 'user', 'username')) ||
        'system:anonymous',
      operation: `${methods[verb] ?? verb.toUpperCase()} ${pathOf(uri)}`,
      object: this.#objectOf(at(event, 'objectRef'), uri),
      write: isWrite(event, verb, uri),
      durationMs: Date.parse(asString(at(event, 'stageTimestamp'))) - startedAt,
    }
  }

  /** Returns `Deployment namespace/name`, without the parts that the reference lacks. */
  #objectOf(reference: unknown, uri: string): string {
    if (!isObject(reference)) return pathOf(uri)
    const kind = this.#kindOf(asString(reference.resource), asString(reference.apiGroup))
    const isNamespace = kind === 'Namespace'
    const namespace = isNamespace ? '' : asString(reference.namespace)
    return `${kind} ${namespace === '' ? '' : `${namespace}/`}${asString(reference.name)}`.trim()
  }

  /** Returns the complete lines since the last read. A shorter log was rotated, and is read from its start. */
  #newLines(): string[] {
    const added = this.#newBytes()
    const bytes = Buffer.concat([this.#rest, added])
    const end = bytes.lastIndexOf('\n') + 1
    this.#rest = bytes.subarray(end)
    return bytes.subarray(0, end).toString('utf8').split('\n').filter(Boolean)
  }

  #newBytes(): Buffer {
    const file = openSync(this.#file, 'r')
    try {
      const { size } = fstatSync(file)
      if (size < this.#read) this.#read = 0
      const bytes = Buffer.alloc(size - this.#read)
      const count = readSync(file, bytes, 0, bytes.length, this.#read)
      this.#read += count
      return bytes.subarray(0, count)
    } finally {
      closeSync(file)
    }
  }
}

/** Whether the call was answered. The refusal of an unauthenticated caller has no stage ResponseComplete. */
function isAnswered(event: unknown): boolean {
  return at(event, 'stage') === 'ResponseComplete' || at(event, 'responseStatus', 'code') === 401
}

const methods: Readonly<Record<string, string>> = {
  create: 'POST',
  update: 'PUT',
  patch: 'PATCH',
  delete: 'DELETE',
  deletecollection: 'DELETE',
  get: 'GET',
  list: 'GET',
  watch: 'GET',
}

const writingVerbs = ['create', 'update', 'patch', 'delete', 'deletecollection']

/** The groups of reviews, which have the verb `create` but store nothing. */
const reviewGroups = ['authorization.k8s.io', 'authentication.k8s.io']

/** Whether the call has stored an object. Token requests, reviews and dry runs store nothing. */
function isWrite(event: unknown, verb: string, uri: string): boolean {
  const reference: JsonObject | undefined = objectRefOf(event)
  if (!reference || !writingVerbs.includes(verb)) return false
  if (reference.subresource === 'token' || reviewGroups.includes(asString(reference.apiGroup))) return false
  const code = Number(at(event, 'responseStatus', 'code'))
  return code >= 200 && code < 300 && !isDryRun(uri)
}

function objectRefOf(event: unknown): JsonObject | undefined {
  const reference = at(event, 'objectRef')
  return isObject(reference) ? reference : undefined
}

function pathOf(uri: string): string {
  return uri.split('?')[0] ?? uri
}

function isDryRun(uri: string): boolean {
  return new URL(uri, 'https://api').searchParams.getAll('dryRun').includes('All')
}
