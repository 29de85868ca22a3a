import { BinaryReader } from '@bufbuild/protobuf/wire'
import { asArray, asObject, isObject, type JsonObject } from '../objects.ts'
import { badRequest } from '../status.ts'
import { type Field, fieldsOf, messageName } from './messages.ts'

export const protobufType = 'application/vnd.kubernetes.protobuf'

/** What every body in protobuf begins with: `k8s` and a zero byte. */
const magic = Buffer.from('k8s\0')

/**
 * The object of a request's body in Kubernetes' protobuf, as it would be in JSON. Clients made from the generated code
 * of client-go 0.33 and newer send built-in types in it, and do not fall back to JSON when they are refused.
 * Source of the envelope: runtime.Unknown of k8s.io/apimachinery.
 *
 * @throws ApiError 400 for anything else, and for a type that this server does not read
 */
export function decodeProtobuf(bytes: Buffer): JsonObject {
  if (!bytes.subarray(0, magic.length).equals(magic)) throw undecodable('the body has no magic bytes')
  try {
    const { typeMeta, raw } = readUnknown(bytes.subarray(magic.length))
    return { ...typeMeta, ...readMessage(raw, messageOf(typeMeta)) }
  } catch (error) {
    throw undecodable(error instanceof Error ? error.message : String(error))
  }
}

interface TypeMeta {
  readonly apiVersion: string
  readonly kind: string
}

function readUnknown(bytes: Uint8Array): { typeMeta: TypeMeta; raw: Uint8Array } {
  const parts = new Map(lengthDelimited(bytes))
  const type = new Map(lengthDelimited(parts.get(1) ?? new Uint8Array()))
  const text = (number: number) => Buffer.from(type.get(number) ?? new Uint8Array()).toString()
  return { typeMeta: { apiVersion: text(1), kind: text(2) }, raw: parts.get(2) ?? new Uint8Array() }
}

function messageOf({ apiVersion, kind }: TypeMeta): string {
  if (kind === 'DeleteOptions') return 'meta.v1.DeleteOptions'
  const [version = '', group = ''] = apiVersion.split('/').reverse()
  return messageName(group, version, kind)
}

/** The fields of a message that are bytes, texts or messages, with their numbers. */
function lengthDelimited(bytes: Uint8Array): [number, Uint8Array][] {
  const reader = new BinaryReader(bytes)
  const found: [number, Uint8Array][] = []
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag()
    if (wireType === 2) found.push([number, reader.bytes()])
    else reader.skip(wireType, number)
  }
  return found
}

function readMessage(bytes: Uint8Array, message: string): JsonObject {
  const fields = fieldsOf(message)
  if (!fields) throw new Error(`no kind "${message}" is read from protobuf`)
  const reader = new BinaryReader(bytes)
  const value: JsonObject = {}
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag()
    const field = fields.get(number)
    if (field) addField(value, field, reader)
    else reader.skip(wireType, number)
  }
  return value
}

function addField(value: JsonObject, field: Field, reader: BinaryReader): void {
  if (field.form === 'map') {
    value[field.name] = { ...asObject(value[field.name]), ...readEntry(reader.bytes(), field.type) }
    return
  }
  const read = readValue(reader, field.type)
  if (field.form === 'list') value[field.name] = [...asArray(value[field.name]), read]
  else if (field.name === '') Object.assign(value, read)
  else if (read !== undefined && !(field.omitsZero && isZero(read))) value[field.name] = read
}

/** One entry of a map is a message of a key and a value. */
function readEntry(bytes: Uint8Array, type: string): JsonObject {
  const reader = new BinaryReader(bytes)
  let key = ''
  let value: unknown = emptyValues[type] ?? {}
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag()
    if (number === 1) key = reader.string()
    else if (number === 2) value = readValue(reader, type)
    else reader.skip(wireType, number)
  }
  return { [key]: value }
}

const emptyValues: Readonly<Record<string, unknown>> = { string: '', bytes: '', items: [] }

function isZero(value: unknown): boolean {
  return value === '' || value === 0 || value === false
}

function readValue(reader: BinaryReader, type: string): unknown {
  const scalar = scalars[type]
  return scalar ? scalar(reader) : readMessage(reader.bytes(), type)
}

type ScalarReader = (reader: BinaryReader) => unknown

const scalars: Readonly<Record<string, ScalarReader>> = {
  string: (reader) => reader.string(),
  bool: (reader) => reader.bool(),
  int32: (reader) => reader.int32(),
  int64: (reader) => Number(reader.int64()),
  bytes: (reader) => Buffer.from(reader.bytes()).toString('base64'),
  items: (reader) => lengthDelimited(reader.bytes()).map(([, item]) => Buffer.from(item).toString()),
  quantity: (reader) => textOf(reader.bytes(), 1),
  fieldsV1: (reader) => embeddedJson(reader.bytes()),
  raw: (reader) => embeddedJson(reader.bytes()),
  intOrString: (reader) => intOrString(reader.bytes()),
  time: (reader) => time(reader.bytes()),
  microTime: (reader) => time(reader.bytes()),
}

function textOf(bytes: Uint8Array, number: number): string {
  return Buffer.from(new Map(lengthDelimited(bytes)).get(number) ?? new Uint8Array()).toString()
}

function embeddedJson(bytes: Uint8Array): JsonObject {
  const value: unknown = JSON.parse(textOf(bytes, 1) || '{}')
  return isObject(value) ? value : {}
}

/** Field 1 says which it is: 0 for the number of field 2, 1 for the text of field 3. */
function intOrString(bytes: Uint8Array): number | string {
  const numbers = varints(bytes)
  return numbers.get(1) === 1 ? textOf(bytes, 3) : (numbers.get(2) ?? 0)
}

/** Seconds and nanoseconds; no bytes at all stand for no time. */
function time(bytes: Uint8Array): string | undefined {
  if (bytes.length === 0) return undefined
  const numbers = varints(bytes)
  const date = new Date((numbers.get(1) ?? 0) * 1000)
  const micros = Math.floor((numbers.get(2) ?? 0) / 1000)
  const whole = date.toISOString().slice(0, 19)
  return micros === 0 ? `${whole}Z` : `${whole}.${String(micros).padStart(6, '0')}Z`
}

function varints(bytes: Uint8Array): ReadonlyMap<number, number> {
  const reader = new BinaryReader(bytes)
  const found = new Map<number, number>()
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag()
    if (wireType === 0) found.set(number, Number(reader.int64()))
    else reader.skip(wireType, number)
  }
  return found
}

function undecodable(why: string) {
  return badRequest(`couldn't read the body as ${protobufType}: ${why}`)
}
