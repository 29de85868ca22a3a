import { parse } from 'yaml'
import type { Call } from '../context.ts'
import { groupVersion, type ServedType } from '../kinds/resources.ts'
import { dropEmptyMaps, type Misfit, misfitsOf, prune } from '../objects/decode.ts'
import { asObject, asString, at, isObject, type JsonObject } from '../objects/objects.ts'
import { modelSchema } from '../schemas/models.ts'
import { ApiError, badRequest, type Cause, invalid, unsupportedMediaType } from './status.ts'

/** @throws ApiError 400 for a body that is not an object, 415 for a body in protobuf or another unsupported format */
export function parseBody(call: Call): JsonObject {
  const isYaml = call.contentType.endsWith('yaml')
  if (!isYaml && call.contentType !== 'application/json') {
    const isProtobuf = call.contentType === 'application/vnd.kubernetes.protobuf'
    throw unsupportedMediaType(['application/json', 'application/yaml'], isProtobuf ? noProtobuf : '')
  }
  const value = parseText(call.body, isYaml)
  if (!isObject(value)) throw badRequest('the object provided is unrecognized (must be of type object)')
  return value
}

/** A hint for users of `kubectl create`, whose typed clients send protobuf and do not fall back to JSON. */
const noProtobuf =
  '. The clusters of the sandbox read no protobuf: write the object to a file, for example with "--dry-run=client -o yaml", and send it with "kubectl apply -f FILE"'

export function parseText(text: string, isYaml: boolean): unknown {
  try {
    return isYaml ? parse(text) : JSON.parse(text)
  } catch (error) {
    throw badRequest(`error decoding ${isYaml ? 'YAML' : 'JSON'}: ${error instanceof Error ? error.message : ''}`)
  }
}

/**
 * Returns the object of a create, update or patch, without the fields that the schema does not know.
 *
 * @throws ApiError 400 for a wrong type of a built-in kind, or for an unknown field if the request is strict; 422 for
 * fields that are missing, values that are not allowed, and wrong types of a custom resource
 */
export function decodeObject(value: JsonObject, call: Call): JsonObject {
  const { type, version } = call.target
  checkType(value, call)
  const misfits = misfitsOf(value, type.schema)
  const unknown = misfits.filter(({ kind }) => kind === 'unknown')
  if (unknown.length > 0 && isStrict(call)) throw strictError(unknown, type, version)
  if (isWarned(call)) call.warnings.push(...unknown.map(({ path }) => `unknown field "${path}"`))
  const wrong = misfits.filter(({ kind }) => kind === 'type')
  const [first] = wrong
  if (first && !type.custom) throw badRequest(cannotUnmarshal(first, type, version))
  const causes = misfits.filter(({ kind }) => kind !== 'unknown').map(schemaCause)
  const name = asString(at(value, 'metadata', 'name'))
  if (causes.length > 0) throw invalid(type, name, causes)
  const pruned = asObject(prune(structuredClone(value), type.schema))
  if (type.custom) dropEmptyMaps(pruned.metadata, modelSchema('V1ObjectMeta'))
  else dropEmptyMaps(pruned, type.schema)
  return pruned
}

/** @throws ApiError 400 if the object has another version or kind than the path */
function checkType(value: JsonObject, { target }: Call): void {
  const expected = groupVersion(target.type.group, target.version)
  const { apiVersion = expected, kind = target.type.kind } = value
  if (apiVersion !== expected) {
    throw badRequest(
      `the API version in the data (${asString(apiVersion)}) does not match the expected API version (${expected})`,
    )
  }
  if (kind !== target.type.kind) {
    throw badRequest(
      `${target.type.kind} in version "${target.version}" cannot be handled as a ${target.type.kind}: no kind "${asString(kind)}" is registered for version "${expected}"`,
    )
  }
  Object.assign(value, { apiVersion, kind })
}

/** Whether unknown fields cause warnings. This is the default from 1.25 on. */
function isWarned({ cluster, query }: Call): boolean {
  return cluster.minor >= 25 && (query.get('fieldValidation') || 'Warn') === 'Warn'
}

/** Whether unknown fields are refused. Servers before 1.25 ignore the parameter. */
function isStrict({ cluster, query }: Call): boolean {
  return cluster.minor >= 25 && query.get('fieldValidation') === 'Strict'
}

function strictError(unknown: readonly Misfit[], { kind }: ServedType, version: string): ApiError {
  const fields = unknown.map(({ path }) => `unknown field "${path}"`).join(', ')
  return badRequest(`${kind} in version "${version}" cannot be handled as a ${kind}: strict decoding error: ${fields}`)
}

function cannotUnmarshal(misfit: Misfit, type: ServedType, version: string): string {
  return `${type.kind} in version "${version}" cannot be handled as a ${type.kind}: json: cannot unmarshal ${jsonType(misfit.found)} into Go struct field ${type.kind}.${misfit.field} of type ${goType(misfit.expected)}`
}

function jsonType(value: unknown): string {
  if (Array.isArray(value)) return 'array'
  return typeof value === 'boolean' ? 'bool' : typeof value
}

function goType(expected: string): string {
  const names: Record<string, string> = {
    integer: 'int32',
    boolean: 'bool',
    array: '[]string',
    object: 'struct',
    map: 'map[string]string',
  }
  return names[expected] ?? expected
}

/** Converts a misfit to a cause, with the message of a custom resource's schema validation. */
export function schemaCause({ path, kind, expected, found }: Misfit): Cause {
  if (kind === 'required') return { reason: 'FieldValueRequired', message: 'Required value', field: path }
  if (kind === 'value') {
    const message = `Unsupported value: ${JSON.stringify(found)}: supported values: ${expected}`
    return { reason: 'FieldValueNotSupported', message, field: path }
  }
  const type = jsonType(found) === 'number' ? (Number.isInteger(found) ? 'integer' : 'number') : jsonType(found)
  const wanted = expected === 'map' ? 'object' : expected
  const message = `Invalid value: "${type}": ${path} in body must be of type ${wanted}: "${type}"`
  return { reason: 'FieldValueTypeInvalid', message, field: path }
}

/**
 * Returns the configuration of a server-side apply. As on a real server, unknown fields and wrong types cause the code
 * 500 without a reason (kubernetes/kubernetes issue 122480).
 *
 * @throws ApiError 400 for another version, 500 for unknown fields and wrong types
 */
export function decodeApplied(call: Call): JsonObject {
  const value = parseText(call.body, true)
  if (!isObject(value)) throw badRequest('the object provided is unrecognized (must be of type object)')
  if (value.apiVersion === undefined || value.kind === undefined) {
    throw badRequest(`Object 'apiVersion' or 'kind' is missing in the body of the request`)
  }
  checkType(value, call)
  if (at(value, 'metadata', 'managedFields') !== undefined) throw badRequest('metadata.managedFields must be nil')
  const [misfit] = misfitsOf(value, call.target.type.schema).filter(({ kind }) => kind === 'unknown' || kind === 'type')
  if (misfit) throw untypable(value, call, misfit)
  return value
}

/** Up to 1.21, the message does not name the object. */
function untypable(value: JsonObject, { target, cluster }: Call, misfit: Misfit): ApiError {
  const { name, namespace = '' } = asObject(value.metadata)
  const why =
    misfit.kind === 'unknown'
      ? 'field not declared in schema'
      : `expected ${misfit.expected}, got &value.valueUnstructured{Value:${JSON.stringify(misfit.found)}}`
  const object = `${asString(namespace)}/${asString(name)}; ${target.type.group}/${target.version}, Kind=${target.type.kind}`
  const of = cluster.minor <= 21 ? '' : ` (${object})`
  return new ApiError(500, '', `failed to create typed patch object${of}: .${misfit.path}: ${why}`)
}
