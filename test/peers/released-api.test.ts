/** oasdiff compares the description of the API with the released one: docs/compatibility.md. */
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import * as z from 'zod'
import { openapi } from '../../lambdas/api/openapi.ts'
import { publishedJson, released } from '../released/descriptions.ts'
import { oasdiff } from './install/peers.ts'

const run = promisify(execFile)
const published = path.join(released, 'openapi.json')
const changes = z.array(z.object({ id: z.string(), text: z.string(), operation: z.string(), path: z.string() }))

/** New values, which clients must ignore. oasdiff counts them as errors: https://github.com/oasdiff/oasdiff/blob/v1.38.0/docs/CHECKS.md */
const allowed = [
  'response-body-any-of-added',
  'response-body-one-of-added',
  'response-mediatype-enum-value-added',
  'response-property-any-of-added',
  'response-property-enum-value-added',
  'response-property-one-of-added',
]

/** Removals, and other meanings of a request. oasdiff does not report them otherwise. */
const forbidden = [
  'api-path-removed-with-deprecation',
  'api-removed-with-deprecation',
  'optional-response-header-removed',
  'request-body-default-value-changed',
  'request-body-default-value-removed',
  'request-parameter-default-value-changed',
  'request-parameter-default-value-removed',
  'request-parameter-removed-with-deprecation',
  'request-property-default-value-changed',
  'request-property-default-value-removed',
  'request-property-removed-with-deprecation',
  'response-non-success-status-removed',
  'response-optional-property-removed',
  'response-required-property-removed-with-deprecation',
]

let folder: string
let levels: string

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'workload-identity-released-'))
  levels = path.join(folder, 'levels.txt')
  const lines = [...allowed.map((check) => `${check} info`), ...forbidden.map((check) => `${check} err`)]
  await writeFile(levels, lines.join('\n'))
})
afterAll(() => rm(folder, { recursive: true }))

/** The changes from the released description that oasdiff reports, warnings included. */
async function breakingChanges(present: unknown): Promise<z.output<typeof changes>> {
  const file = path.join(folder, 'openapi.json')
  await writeFile(file, JSON.stringify(present))
  const { stdout } = await run(oasdiff, ['breaking', published, file, '--format', 'json', '--severity-levels', levels])
  return changes.parse(JSON.parse(stdout || '[]'))
}

test('clients of the released API can use the present one', async () => {
  const found = await breakingChanges(openapi())
  expect(
    found.map(({ operation, path, text, id }) => `${operation} ${path}: ${text} (${id})`),
    'docs/compatibility.md: within a major version this keeps working',
  ).toEqual([])
})

const record = z.record(z.string(), z.unknown())

/** The released description with another value at this path. Undefined removes it. */
function withChange(keys: readonly string[], value?: unknown): unknown {
  const copy = publishedJson('openapi.json')
  const parent = keys.slice(0, -1).reduce<unknown>((at, key) => record.parse(at)[key], copy)
  if (typeof parent !== 'object' || parent === null) throw new Error(`There is nothing at ${keys.join(' ')}`)
  Reflect.set(parent, keys.at(-1) ?? '', value)
  return copy
}

const schema = (name: string, ...keys: readonly string[]) => ['components', 'schemas', name, ...keys]
const start = ['paths', '/v1/setups', 'post', 'responses', '202', 'headers', 'Retry-After']

test.each<[what: string, keys: readonly string[], value: unknown, check: string]>([
  ['a route', ['paths', '/v1/clusters', 'get'], undefined, 'api-removed-without-deprecation'],
  [
    'an optional field of an answer',
    schema('ClusterSummary', 'properties', 'verifiedAt'),
    undefined,
    'response-optional-property-removed',
  ],
  [
    'the type of a field of an answer',
    schema('ClusterSummary', 'properties', 'name'),
    { type: 'number' },
    'response-property-type-changed',
  ],
  ['a header of an answer', start, undefined, 'optional-response-header-removed'],
  ['a field of a request', schema('RotationRequest', 'properties', 'dryRun'), undefined, 'request-property-removed'],
  [
    'a new required field of a request',
    schema('DriftRequest', 'required'),
    ['workload'],
    'request-property-became-required',
  ],
  [
    'a status',
    ['paths', '/v1/clusters/{cluster}', 'get', 'responses', '404'],
    undefined,
    'response-non-success-status-removed',
  ],
])('a change of %s is breaking', async (_, keys, value, check) => {
  const ids = (await breakingChanges(withChange(keys, value))).map(({ id }) => id)
  expect(ids).toContain(check)
})

test.each<[what: string, keys: readonly string[], value: unknown]>([
  ['a route', ['paths', '/v1/new'], { get: { responses: { 200: { description: 'new' } } } }],
  ['a field of an answer', schema('ClusterSummary', 'properties', 'added'), { type: 'string' }],
  ['a field of a request', schema('RotationRequest', 'properties', 'added'), { type: 'string' }],
])('%s that is new is not', async (_, keys, value) => {
  expect(await breakingChanges(withChange(keys, value))).toEqual([])
})
