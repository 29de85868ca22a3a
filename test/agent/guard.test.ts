import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isRelayed, relayedHeaders } from '../../agent/guard.ts'
import { typesServed } from '../../sandbox/kubernetes/kinds/resources.ts'
import { readResourceRequest } from '../../sandbox/kubernetes/requests/request-info.ts'

test.each([
  '/version',
  '/readyz',
  '/readyz?verbose',
  '/openid/v1/jwks',
  '/api',
  '/apis',
  '/api/v1/namespaces',
  '/api/v1/namespaces?limit=500&continue=abc%3D',
  '/api/v1/namespaces/prod/status',
  '/api/v1/namespaces/prod/finalize',
  '/api/v1/namespaces/prod/serviceaccounts/api/token',
  '/api/v1/namespaces/prod/secrets/a.b',
  '/apis/apps/v1/namespaces/prod/deployments/web?fieldManager=workload-identity&force=true',
  '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/hook',
  '/apis/rbac.authorization.k8s.io/v1/clusterroles/system%3Anode',
])('relays %s', (path) => {
  expect(isRelayed({ path })).toBe(true)
})

test.each([
  '/api/v1/namespaces/proxy/serviceaccounts/log',
  '/api/v1/namespaces/exec',
  '/api/v1/namespaces/watch/pods/attach',
])('relays %s, in which a refused word is the name of an object', (path) => {
  expect(isRelayed({ path })).toBe(true)
})

test.each([
  '',
  '/',
  '/healthz',
  '/metrics',
  '/logs',
  '/debug/pprof',
  '/versions',
  '/version/',
  '/readyz/ping',
  '/openid/v1/jwks/a',
  '/apiserver',
  '/api-v1/pods',
  '/.well-known/openid-configuration',
])('does not relay %s, which is no path of a resource', (path) => {
  expect(isRelayed({ path })).toBe(false)
})

test.each([
  '/api/../metrics',
  '/api/v1/..',
  '/api/%2e%2e/metrics',
  '/api/v1/namespaces/a..b',
  '/api/./v1',
  '/api/v1/.',
  '/api//v1/pods',
  '//api/v1/pods',
  '/api/v1/pods/',
  '/api/v1/namespaces/a%2fpods',
  '/api/v1/namespaces/a%2Fpods',
  '/api/v1/namespaces/a%5cpods',
  '/api/v1\\pods',
  '/api/v1/pods#a',
  '/api/v1/pods?a=b#c',
  '/api/v1/pods\r\nhost: a',
  '/api/v1/pods%0d%0a',
  '/api/v1/pods%00',
  '/api/v1/pods a',
  '/api/v1/pöds',
  '/api/v1/%ff',
  '/api/v1/%',
])('does not relay %j, which servers can read in different ways', (path) => {
  expect(isRelayed({ path })).toBe(false)
})

const subresources = ['exec', 'attach', 'portforward', 'proxy', 'log', 'ephemeralcontainers']

test.each([
  ...subresources.map((subresource) => `/api/v1/namespaces/prod/pods/web/${subresource}`),
  '/api/v1/namespaces/prod/services/web/proxy/metrics',
  '/api/v1/namespaces/prod/services/https%3Aweb%3A443/proxy',
  '/api/v1/nodes/node-1/proxy/logs',
  '/api/v1/nodes/node-1/%70roxy/logs',
  '/apis/example.com/v1/namespaces/prod/widgets/a/proxy',
  '/api/v1/proxy/namespaces/prod/pods/web',
])('does not relay %s, which reaches into a pod or a node', (path) => {
  expect(isRelayed({ path })).toBe(false)
})

test.each([
  '/api/v1/pods?watch=true',
  '/api/v1/pods?watch',
  '/api/v1/pods?limit=1&watch=1',
  '/api/v1/pods?limit=1;watch=1',
  '/api/v1/pods?%77atch=1',
  '/api/v1/pods?Watch=1',
  '/api/v1/pods?a?b&watch=1',
  '/api/v1/namespaces/prod/pods?follow=true',
  '/api/v1/watch/pods',
  '/apis/apps/v1/watch/deployments',
])('does not relay %s, whose response stays open', (path) => {
  expect(isRelayed({ path })).toBe(false)
})

test('the API server reads each relayed path as the agent reads it, and finds no refused subresource', () => {
  const types = typesServed(33, false)
  const segment = fc.oneof(
    fc.constantFrom('namespaces', 'pods', 'services', 'nodes', 'status', 'finalize', 'v1', ...subresources),
    fc.constantFrom('..', '.', '', '%2e%2e', '%2f', 'a%2Fb', '%6cog', 'exec%00'),
    fc.string({ maxLength: 4 }),
  )
  const path = fc
    .tuple(fc.constantFrom('/api/v1', '/apis/apps/v1', '/api', '/version', ''), fc.array(segment, { maxLength: 6 }))
    .map(([root, segments]) => [root, ...segments].join('/'))
  fc.assert(
    fc.property(path, (path) => {
      fc.pre(isRelayed({ path }))
      const url = new URL(path, 'https://server')
      expect(url.href).toBe(`https://server${path}`)
      expect(subresources).not.toContain(subresourceOf(url, types))
    }),
    { numRuns: 2000 },
  )
})

function subresourceOf(url: URL, types: ReturnType<typeof typesServed>): string | undefined {
  const request = { method: 'GET', path: url.pathname, query: url.searchParams }
  try {
    return readResourceRequest({ ...request, accept: '', contentType: '', userAgent: '' }, types).subresource
  } catch {
    return undefined
  }
}

test('drops the headers of another caller and of another connection', () => {
  const kept = { accept: 'application/json', 'content-type': 'application/json', 'user-agent': 'workload-identity/1.0' }
  const dropped = [
    'Authorization',
    'Connection',
    'Content-Length',
    'Cookie',
    'Host',
    'Impersonate-Extra-scopes',
    'Impersonate-Group',
    'Impersonate-User',
    'Transfer-Encoding',
  ]
  const headers = { ...kept, ...Object.fromEntries(dropped.map((name) => [name, 'a'])) }
  expect(relayedHeaders(headers)).toEqual(kept)
  expect(relayedHeaders({ Accept: 'text/plain' })).toEqual({ accept: 'text/plain' })
})
