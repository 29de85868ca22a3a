import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseSetupRequest } from '../../../../lambdas/api/request/parse-setup.ts'
import { hashOf } from '../../../../lambdas/operations/record/hash.ts'
import { deployment, type Example, exampleBody, exampleRequest } from '../../../support/api/requests.ts'

describe('the normal form', () => {
  test('has every default filled in', () => {
    const { cluster, discovery, webhook, workloads, adopt } = exampleRequest('setup')
    expect(cluster.management?.namespace).toBe('default')
    expect(cluster.readyTimeoutMinutes).toBe(60)
    expect(discovery?.managementRole).toBe('roles/storage.objectAdmin')
    expect(webhook).toEqual({
      mode: 'install',
      certificate: 'auto',
      namespace: 'workload-identity-webhook',
      failurePolicy: 'Ignore',
    })
    expect(workloads[0]?.role.maxSessionSeconds).toBe(3600)
    const withoutPolicies = exampleRequest('existing-cluster', { 'workloads.0.role.policyArns': undefined })
    expect(withoutPolicies.workloads[0]?.role.policyArns).toEqual([])
    expect(adopt).toBe(false)
  })

  test('names the discovery bucket in the spec', () => {
    expect(exampleRequest('setup').cluster.spec).toMatchObject({
      controlPlane: { workloadIdentity: { oidcDiscoveryGCSBucket: 'prod-eu-oidc' } },
    })
  })

  test('renames ServiceLoadBalancerSubnetIDs, the documented spelling, to the field of the CRD', () => {
    const networking = exampleRequest('csr-cluster').cluster.spec?.networking
    expect(networking).toHaveProperty('serviceLoadBalancerSubnetIDs', [
      'subnet-0aa11bb22cc33dd44',
      'subnet-0bb22cc33dd44ee55',
    ])
    expect(networking).not.toHaveProperty('ServiceLoadBalancerSubnetIDs')
  })

  test('gives node pools the name, version and region of the cluster', () => {
    expect(exampleRequest('setup').cluster.nodePools?.[0]?.spec).toMatchObject({
      clusterName: 'prod-eu',
      version: '1.33.2-gke.100',
      region: 'eu-west-1',
    })
  })

  test('has a location in upper case, a proxy without slash and each policy once', () => {
    const arn = 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'
    const request = exampleRequest('setup', {
      'discovery.location': 'europe-west1',
      'cluster.proxyUrl': 'http://bastion:80/',
      'workloads.0.role.policyArns': [arn, arn],
    })
    expect(request.discovery?.location).toBe('EUROPE-WEST1')
    expect(request.cluster.proxyUrl).toBe('http://bastion:80')
    expect(request.workloads[0]?.role.policyArns).toEqual([arn])
  })

  test('stays the same when it is normalised again', () => {
    fc.assert(
      fc.property(sentRequest, (body) => {
        const once = parseSetupRequest(body, deployment)
        if (!once.ok) throw new Error(JSON.stringify(once.issues))
        expect(parseSetupRequest(structuredClone(once.request), deployment)).toEqual(once)
      }),
    )
  })
})

describe('the hash of a request', () => {
  test('does not depend on the order of keys', () => {
    fc.assert(
      fc.property(sentRequest, fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), (body, dice) => {
        expect(hashOfSent(shuffled(body, dice))).toBe(hashOfSent(body))
      }),
    )
  })

  test('is the same whether defaults are written out or left out', () => {
    expect(hashOf(exampleRequest('setup', { adopt: false, 'webhook.mode': 'install' }))).toBe(
      hashOf(exampleRequest('setup')),
    )
  })

  test('differs between different requests', () => {
    const hashes = [
      exampleRequest('setup'),
      exampleRequest('setup', { adopt: true }),
      exampleRequest('setup', { 'workloads.0.role.maxSessionSeconds': 7200 }),
      exampleRequest('twenty-workloads'),
    ].map(hashOf)
    expect(new Set(hashes).size).toBe(4)
    expect(hashes[0]).toMatch(/^[0-9a-f]{64}$/)
  })
})

describe('parsing', () => {
  test('never throws, and finds a fault in any JSON value that is no request', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (body) => {
        expect(parseSetupRequest(body, deployment).ok).toBe(false)
      }),
    )
  })

  test('never throws on a request with any value in any one field', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<Example>('setup', 'existing-cluster'),
        fc.nat(),
        fc.jsonValue(),
        (example, n, value) => {
          const body = exampleBody(example)
          const fields = fieldsIn(body)
          const [holder, key] = fields[n % fields.length] ?? [{}, '']
          Reflect.set(holder, key, value)
          const parsed = parseSetupRequest(body, deployment)
          if (!parsed.ok) expect(parsed.issues.length).toBeGreaterThan(0)
        },
      ),
      { numRuns: 500 },
    )
  })
})

function hashOfSent(body: unknown): string {
  const parsed = parseSetupRequest(body, deployment)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues))
  return hashOf(parsed.request)
}

/** Bodies of several examples, with optional fields set or omitted. */
const sentRequest = fc
  .record({
    example: fc.constantFrom<Example>('setup', 'csr-cluster', 'existing-cluster', 'twenty-workloads'),
    adopt: fc.constantFrom(true, false, undefined),
    minutes: fc.option(fc.integer({ min: 5, max: 720 }), { nil: undefined }),
    proxy: fc.constantFrom('http://bastion:8118', 'http://bastion:80/', undefined),
    account: fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/),
    session: fc.option(fc.integer({ min: 3600, max: 43_200 }), { nil: undefined }),
  })
  .map(({ example, adopt, minutes, proxy, account, session }) =>
    exampleBody(example, {
      adopt,
      'cluster.readyTimeoutMinutes': minutes,
      'cluster.proxyUrl': proxy,
      'workloads.0.serviceAccount': `x-${account}`,
      'workloads.0.role.maxSessionSeconds': session,
    }),
  )

function shuffled(value: unknown, dice: Iterator<number>): unknown {
  if (Array.isArray(value)) return value.map((element) => shuffled(element, dice))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, inner]) => ({ rank: dice.next().value, entry: [key, shuffled(inner, dice)] as const }))
      .sort((one, other) => one.rank - other.rank)
      .map(({ entry }) => entry),
  )
}

/** Every field and element of a body, as the object or list that holds it and its key. */
function fieldsIn(value: unknown): [object, string][] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]): [object, string][] => [[value, key], ...fieldsIn(inner)])
}
