import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { defaultRoleName } from '../../../lambdas/role/name.ts'
import { dnsLabel } from '../../../lambdas/spec/names.ts'
import { expectFine, expectIssue, expectRefused } from '../../support/api/expect-fault.ts'
import { exampleRequest, issuesOf } from '../../support/api/requests.ts'
import { deployment } from '../../support/steps/deployment.ts'

describe('names of the cluster, of namespaces and of service accounts', () => {
  test.each(['', 'Prod', 'prod_eu', '-prod', 'prod-', 'prod.eu', 'a'.repeat(64), 'prod\neu', 'prod\n'])(
    'cluster name %j breaks DNS-1123 and is refused',
    (name) => expectRefused('cluster.name', name, /is not a DNS-1123 label: use 1 to 63/),
  )

  test.each(['', 'Default', 'my_ns', 'a.b', 'a'.repeat(64)])('namespace %j breaks DNS-1123 and is refused', (name) => {
    expectRefused('workloads.0.namespace', name, /is not a DNS-1123 label/)
    expectRefused('webhook.namespace', name, /is not a DNS-1123 label/)
    expectRefused('cluster.management.namespace', name, /is not a DNS-1123 label/)
  })

  test.each(['', 'S3-reader', 's3..reader', '.s3', 's3.', 'a'.repeat(254)])(
    'service account %j breaks DNS-1123 and is refused',
    (name) => expectRefused('workloads.0.serviceAccount', name, /is not a DNS-1123 subdomain/),
  )

  test('a service account may be a subdomain of 253 characters', () => {
    expectFine({ 'workloads.0.serviceAccount': `s3.reader.${'a'.repeat(243)}` })
  })

  test('a node pool name that breaks DNS-1123 is refused', () => {
    expectRefused('cluster.nodePools.0.name', 'Pool_0', /is not a DNS-1123 label/)
  })
})

describe('names of buckets', () => {
  test.each(['ab', 'a'.repeat(64), 'Prod-oidc', '-prod', 'prod-', 'prod oidc', 'gs://prod-oidc', 'prod/oidc', '.prod'])(
    '%j breaks the bucket rules and is refused',
    (name) => expectRefused('discovery.bucket', name, /is not a Cloud Storage bucket name: use 3 to/),
  )

  test.each([
    ['goog-oidc', /starts with "goog"/],
    ['my-google-oidc', /contains "google"/],
    ['my-g00gle-oidc', /contains "google" or a misspelling/],
    ['192.168.5.4', /looks like an IP address/],
    ['prod..oidc', /a dot beside another dot/],
    ['prod.-oidc', /a dot beside another dot or a hyphen/],
  ])('%j breaks the rules of Google and is refused', (name, words) => {
    expectRefused('discovery.bucket', name, words)
  })

  test.each(['abc', 'prod_eu-oidc', 'oidc.example.com', '0oidc0', 'a'.repeat(63)])('%j is accepted', (name) => {
    expectFine({ 'discovery.bucket': name })
  })
})

describe('the Google side of discovery', () => {
  test.each(['Platform Prod', '123456789012', 'prod', 'platform-prod-', 'a'.repeat(31)])(
    'project ID %j is refused',
    (id) => expectRefused('discovery.projectId', id, /is not a Google Cloud project ID/),
  )

  test.each([
    'management-sa',
    'management-sa@example.com',
    'serviceAccount:management-sa@platform-prod.iam.gserviceaccount.com',
    'someone@gmail.com',
    'a@b.iam.gserviceaccount.com',
  ])('management service account %j is refused', (account) => {
    expectRefused(
      'discovery.managementServiceAccount',
      account,
      /is not the e-mail address of a Google service account/,
    )
  })

  test('a management role that cannot write objects, or is too wide, is refused', () => {
    for (const role of ['roles/storage.objectViewer', 'roles/owner', 'storage.objectAdmin']) {
      expectRefused('discovery.managementRole', role, /is not a choice: use one of roles/)
    }
    expectFine({ 'discovery.managementRole': 'roles/storage.objectUser' })
  })

  test.each(['', 'europe west1', 'E'])('location %j is refused', (location) => {
    expectRefused('discovery.location', location, /is not a Cloud Storage location/)
  })
})

describe('names of roles', () => {
  const nameOf = (cluster: string, namespace: string, serviceAccount: string, where = deployment) =>
    defaultRoleName(where, cluster, { namespace, serviceAccount })

  test.each(['', 'my role', 'röle', 'a'.repeat(65), 'role:name'])(
    '%j breaks the rules of IAM and is refused',
    (name) => {
      expectRefused('workloads.0.role.name', name, /is not an IAM role name: use 1 to 64/)
    },
  )

  test('a name with a path is refused, because the deployment sets the path', () => {
    expectRefused('workloads.0.role.name', '/team/reader', /without a path, which the deployment gives/)
  })

  test('an omitted name is CLUSTER-NAMESPACE-ACCOUNT-HASH', () => {
    expect(exampleRequest('setup').workloads[0]?.role.name).toBe('prod-eu-default-s3-reader-0965be9352ce')
  })

  const label = fc.stringMatching(dnsLabel.pattern)
  const account = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.').slice(0, 253))

  test('a default name is always valid in IAM, and the same each time', () => {
    fc.assert(
      fc.property(label, label, account, (cluster, namespace, name) => {
        const role = nameOf(cluster, namespace, name)
        expect(role).toMatch(/^[\w+=,.@-]{1,64}$/)
        expect(nameOf(cluster, namespace, name)).toBe(role)
      }),
    )
  })

  test('long names with the same start get roles with different names', () => {
    const long = 'a'.repeat(60)
    const names = ['x', 'y', 'z'].map((end) => nameOf(long, long, `${long}${end}`))
    expect(new Set(names).size).toBe(3)
    expect(names.every((name) => name.length === 64)).toBe(true)
  })

  test('no two workloads have the same default name', () => {
    fc.assert(
      fc.property(fc.tuple(label, label, account), fc.tuple(label, label, account), (one, other) => {
        fc.pre(one.join(' ') !== other.join(' '))
        expect(nameOf(...one)).not.toBe(nameOf(...other))
      }),
    )
    expect(nameOf('prod', 'a', 'b-c')).not.toBe(nameOf('prod', 'a-b', 'c'))
    expect(nameOf('prod', 'eu-a', 'b')).not.toBe(nameOf('prod-eu', 'a', 'b'))
  })

  test('no two deployments have the same default name for the same workload', () => {
    const elsewhere = '000000000000/eu-west-1/Second'
    fc.assert(
      fc.property(label, label, account, (cluster, namespace, name) => {
        expect(nameOf(cluster, namespace, name, elsewhere)).not.toBe(nameOf(cluster, namespace, name))
      }),
    )
  })

  test.each([
    ['workload', nameOf('prod-us', 'default', 's3-reader')],
    ['deployment’s workload', nameOf('prod-eu', 'default', 's3-reader', '000000000000/eu-west-1/Second')],
  ])('a name that has the form of another %s’s default name is refused', (_, other) => {
    const edits = (name: string) => ({ 'workloads.0.role.name': name })
    expectIssue(edits(other), 'workloads[0].role.name', /has the form of a default name/)
    expectIssue(edits(other.toUpperCase()), 'workloads[0].role.name', /has the form of a default name/)
  })

  test('a workload’s own default name is accepted', () => {
    const own = nameOf('prod-eu', 'default', 's3-reader')
    expect(exampleRequest('setup', { 'workloads.0.role.name': own }).workloads[0]?.role.name).toBe(own)
  })

  test('the position of hyphens changes a shortened name', () => {
    const long = 'a'.repeat(40)
    expect(nameOf(`${long}-b`, long, 'c')).not.toBe(nameOf(long, `b-${long}`, 'c'))
    expect(nameOf(long, `${long}-b`, 'c')).not.toBe(nameOf(long, long, 'b-c'))
  })
})

test('a value is repeated in a message only when it is short', () => {
  const [fault] = issuesOf('setup', { 'cluster.name': 'X'.repeat(5000) })
  expect(fault?.message).toMatch(/^a text of 5000 characters is not a DNS-1123 label/)
})
