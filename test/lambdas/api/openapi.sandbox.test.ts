import { expect, test } from 'vitest'
import * as z from 'zod'
import { handler } from '../../../lambdas/api/get-openapi.ts'
import { openapi } from '../../../lambdas/api/openapi.ts'
import { routes } from '../../../lambdas/api/routes.ts'
import { callApi } from '../../support/api.ts'

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
  expect(Object.keys(responses)).toEqual(['202', '400', '403', '409', '413', '415', '422', '500', '503'])
  expect(responses['422'].content).toHaveProperty(['application/problem+json', 'schema', '$ref'])
})

test('parameters of paths, of queries and of headers are described', async () => {
  const { body } = await callApi(handler)
  const names = (path: string, method: string) =>
    body.paths[path][method].parameters.map(({ name }: { name: string }) => name)
  expect(names('/v1/operations/{operationId}', 'get')).toEqual(['operationId'])
  expect(names('/v1/operations', 'get')).toEqual(['cluster', 'kind', 'status', 'after', 'limit'])
  expect(names('/v1/setups', 'post')).toEqual(['Idempotency-Key'])
})

test('the request is described field by field', () => {
  const text = JSON.stringify(openapi())
  for (const field of ['managementServiceAccount', 'readyTimeoutMinutes', 'failurePolicy', 'inlinePolicy']) {
    expect(text).toContain(field)
  }
})

test('every reference leads to a schema', () => {
  const description = openapi()
  const references = [...JSON.stringify(description).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path]) => path ?? '')
  expect(references.length).toBeGreaterThan(5)
  for (const reference of references) expect(description).toHaveProperty(reference.split('/'))
})

test('a body in which no field has to be given may be left out', async () => {
  const { body } = await callApi(handler)
  const isRequired = (path: string) => body.paths[path].post.requestBody.required
  expect(isRequired('/v1/setups')).toBe(true)
  expect(isRequired('/v1/plans')).toBe(true)
  expect(isRequired('/v1/clusters/{cluster}/drift')).toBe(false)
  expect(isRequired('/v1/clusters/{cluster}/verifications')).toBe(false)
})
