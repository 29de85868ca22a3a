import { Validator } from '@seriousme/openapi-schema-validator'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { handler } from '../../../lambdas/api/get-openapi.ts'
import { openapi } from '../../../lambdas/api/openapi.ts'
import { parseSetupRequest } from '../../../lambdas/api/request/parse-setup.ts'
import { routes, tags } from '../../../lambdas/api/routes.ts'
import { agreeing } from '../../support/api/agreeing-request.ts'
import { callApi, useAccessRules } from '../../support/api/api.ts'
import { valuesOf } from '../../support/api/json-schema-values.ts'
import { deployment, type Example, exampleBody } from '../../support/api/requests.ts'

const schema = z.looseObject({ $ref: z.string().optional() })
const body = z.object({
  content: z.record(z.string(), z.object({ schema, examples: z.record(z.string(), z.object({ value: z.unknown() })) })),
})
const answer = z.object({ content: z.record(z.string(), z.object({ schema })) })
const operation = z.object({
  operationId: z.string(),
  tags: z.array(z.string()),
  requestBody: body.optional(),
  responses: z.record(z.string(), answer),
})
const description = z
  .looseObject({
    components: z.looseObject({ schemas: z.record(z.string(), schema) }),
    paths: z.record(z.string(), z.record(z.string(), operation)),
  })
  .parse(openapi())
const operations = Object.values(description.paths).flatMap((methods) => Object.values(methods))

useAccessRules()

test('the description has every route of the list and no other', async () => {
  const { status, body } = await callApi(handler)
  expect(status).toBe(200)
  expect(body.openapi).toBe('3.1.0')
  const paths = z.record(z.string(), z.record(z.string(), z.object({ operationId: z.string() }))).parse(body.paths)
  const described = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId }]) => ({
      path,
      method: method.toUpperCase(),
      operation: operationId,
    })),
  )
  expect(described).toEqual(routes.map(({ path, method, operation }) => ({ path, method, operation })))
})

test('every problem that a route may answer with is described under its status', async () => {
  const { body } = await callApi(handler)
  const { responses } = body.paths['/v1/setups'].post
  expect(Object.keys(responses)).toEqual(['202', '400', '403', '409', '412', '413', '415', '422', '429', '500', '503'])
  expect(responses['422'].content).toHaveProperty(['application/problem+json', 'schema', '$ref'])
})

test('parameters of paths, of queries and of headers are described', async () => {
  const { body } = await callApi(handler)
  const names = (path: string, method: string) =>
    body.paths[path][method].parameters.map(({ name }: { name: string }) => name)
  expect(names('/v1/operations/{operationId}', 'get')).toEqual(['operationId'])
  expect(names('/v1/operations', 'get')).toEqual(['cluster', 'kind', 'status', 'after', 'limit'])
  expect(names('/v1/setups', 'post')).toEqual(['manager', 'takeOver', 'Idempotency-Key', 'If-Match'])
})

test('every reference leads to a schema', () => {
  const description = openapi()
  const references = [...JSON.stringify(description).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path]) => path ?? '')
  expect(references.length).toBeGreaterThan(5)
  for (const reference of references) expect(description).toHaveProperty(reference.split('/'))
})

test('a body without required fields is optional', async () => {
  const { body } = await callApi(handler)
  const isRequired = (path: string) => body.paths[path].post.requestBody.required
  expect(isRequired('/v1/setups')).toBe(true)
  expect(isRequired('/v1/plans')).toBe(true)
  expect(isRequired('/v1/clusters/{cluster}/drift')).toBe(false)
  expect(isRequired('/v1/clusters/{cluster}/verifications')).toBe(false)
})

test('the description is valid OpenAPI 3.1', async () => {
  const validator = new Validator()
  const { valid, errors } = await validator.validate({ ...openapi() })
  expect({ valid, errors }).toEqual({ valid: true })
  expect(validator.version).toBe('3.1')
})

test('requests, responses and problems refer to named schemas', () => {
  const { requestBody, responses } = operations.find(({ operationId }) => operationId === 'start-setup') ?? {}
  const named = (name: string) => ({ schema: { $ref: `#/components/schemas/${name}` } })
  expect(requestBody?.content['application/json']).toMatchObject(named('SetupRequest'))
  expect(responses?.['202']?.content['application/json']).toMatchObject(named('OperationSummary'))
  expect(responses?.['400']?.content['application/problem+json']).toMatchObject(named('Problem'))
})

test('every operation has one of the tags that are described', () => {
  expect([...new Set(operations.flatMap((each) => each.tags))].sort()).toEqual(Object.keys(tags).sort())
  expect(operations.map((each) => each.tags.length)).toEqual(operations.map(() => 1))
})

test('every body has an example that fits it', () => {
  const bodies = operations.flatMap(({ requestBody }) => (requestBody ? [requestBody.content['application/json']] : []))
  expect(bodies.length).toBeGreaterThan(5)
  for (const each of bodies) {
    const examples = Object.values(each?.examples ?? {})
    expect(examples).not.toEqual([])
    for (const { value } of examples) expect(faultsBy(validatorOf(each?.schema ?? {}), value)).toEqual([])
  }
})

describe('the schema of a setup', () => {
  const setup = { $ref: '#/components/schemas/SetupRequest' }
  const validate = validatorOf(setup)

  test.each<Example>(['setup', 'csr-cluster', 'existing-cluster', 'twenty-workloads'])(
    'accepts examples/%s.json',
    (name) => {
      expect(faultsBy(validate, exampleBody(name))).toEqual([])
    },
  )

  test('accepts the normal form of a request', () => {
    const parsed = parseSetupRequest(exampleBody('setup'), deployment)
    expect(parsed).toMatchObject({ ok: true })
    if (parsed.ok) expect(faultsBy(validate, JSON.parse(JSON.stringify(parsed.request)))).toEqual([])
  })

  test.each<[what: string, edits: Record<string, unknown>]>([
    ['a secret that is no ARN', { 'cluster.credentialsSecretArn': 'password' }],
    ['a proxy without a port', { 'cluster.proxyUrl': 'http://bastion.example.com' }],
    [
      'a range with address bits outside of its prefix',
      { 'cluster.spec.networking.podAddressCIDRBlocks': ['10.2.0.1/16'] },
    ],
    ['an issuer of a cluster that is applied', { 'cluster.issuerUrl': 'https://issuer.example.com' }],
    ['a new cluster without node pools', { 'cluster.nodePools': undefined }],
    ['a new cluster without a bucket', { discovery: undefined }],
    ['a bucket that Google refuses', { 'discovery.bucket': 'my..bucket' }],
    ['a role without a policy', { 'workloads.0.role.policyArns': undefined }],
    ['a policy that is no ARN', { 'workloads.0.role.policyArns': ['AmazonS3ReadOnlyAccess'] }],
    ['io1 without iops', { 'cluster.spec.controlPlane.rootVolume': { volumeType: 'io1' } }],
    ['an image that says no version', { webhook: { image: 'webhook' } }],
    ['settings of a webhook that is not installed', { webhook: { mode: 'none', failurePolicy: 'Fail' } }],
    ['an old version of Kubernetes', { 'cluster.spec.controlPlane.version': '1.18.2-gke.100' }],
  ])('refuses %s, as the API does', (_, edits) => {
    const edited = exampleBody('setup', edits)
    expect(validate(edited)).toBe(false)
    expect(parseSetupRequest(edited, deployment).ok).toBe(false)
  })

  test('generates requests that the API accepts, once fields that depend on each other are made to agree', () => {
    const kinds = new Set<string>()
    const generated = valuesOf(setup, description)
    fc.assert(
      fc.property(generated, (value) => {
        expect(faultsBy(validate, value)).toEqual([])
        const parsed = parseSetupRequest(agreeing(value), deployment)
        expect(parsed.ok ? [] : parsed.issues).toEqual([])
        if (parsed.ok) kinds.add(kindOf(parsed.request))
      }),
      // A fixed seed, because a random public address can be one of the few reserved ones.
      { numRuns: 150, seed: 1, endOnFailure: true },
    )
    expect([...kinds].sort()).toEqual(['applied', 'existing', 'new'])
  })
})

function kindOf({ cluster }: { cluster: { provider: string; spec?: unknown } }): string {
  if (cluster.provider === 'existing') return 'existing'
  return cluster.spec === undefined ? 'applied' : 'new'
}

function validatorOf(part: object): ValidateFunction {
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  return ajv.compile({ ...part, components: description.components })
}

function faultsBy(validate: ValidateFunction, value: unknown): string[] {
  return validate(value) ? [] : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}
