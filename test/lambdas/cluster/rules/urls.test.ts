import { describe, expect, test } from 'vitest'
import { expectFine, expectRefused } from '../../../support/api/expect-fault.ts'
import { issuesOf } from '../../../support/api/requests.ts'

describe('issuer URL', () => {
  const field = 'cluster.issuerUrl'
  const refused = (url: string, words: RegExp) => expectRefused(field, url, words, 'existing-cluster')

  test.for([
    ['with http', 'http://issuer.example.org/x', /scheme http: where IAM takes https only/],
    ['with a port', 'https://issuer.example.org:8443/x', /names a port/],
    ['with the port 443 written out', 'https://issuer.example.org:443/x', /names a port/],
    ['with a port and without a path', 'https://issuer.example.org:8443', /names a port/],
    ['with a query', 'https://issuer.example.org/x?a=b', /has a query/],
    ['with an empty query', 'https://issuer.example.org/x?', /has a query/],
    ['with a fragment', 'https://issuer.example.org/x#a', /has a fragment/],
    ['with a trailing slash', 'https://issuer.example.org/x/', /ends in a slash.*leave issuerUrl out/],
    ['of more than 255 characters', `https://issuer.example.org/${'x'.repeat(255)}`, /IAM takes 255/],
    ['that is not a URL', 'issuer.example.org', /is not a URL/],
    ['with a user alone', 'https://admin@issuer.example.org/x', /holds a user or password/],
    ['with a password alone', 'https://:c2VjcmV0@issuer.example.org/x', /holds a user or password/],
  ] as const)('%s is refused', ([, url, words]) => refused(url, words))

  test('with user and password is refused, and they are not repeated', () => {
    refused('https://admin:c2VjcmV0@issuer.example.org/x', /holds a user or password/)
    expect(
      JSON.stringify(issuesOf('existing-cluster', { [field]: 'https://admin:c2VjcmV0@issuer.example.org/x' })),
    ).not.toContain('c2VjcmV0')
  })

  test.each([
    'https://127.0.0.1/x',
    'https://localhost/x',
    'https://10.1.2.3/x',
    'https://192.168.0.1/x',
    'https://172.16.0.1/x',
    'https://169.254.169.254/latest',
    'https://[::1]/x',
    'https://[fd00::1]/x',
    'https://[::ffff:10.0.0.1]/x',
    'https://0.0.0.0/x',
    'https://2130706433/x',
    'https://api.cluster.internal/x',
  ])('%s is refused, because its address is private', (url) => refused(url, /has a host that AWS cannot read from/))

  test.each(['https://ISSUER.example.org/x', 'https://issuer.example.org/a/../x', 'https://issuer.example.org\\x'])(
    '%s is refused, and the message has its normal form',
    (url) => refused(url, /is not in normal form: write "https:\/\/issuer\.example\.org/),
  )

  test.each([
    'https://issuer.example.org',
    'https://storage.googleapis.com/bucket/cluster',
    'https://issuer.example.org/A/b_c',
    'https://issuer.example.org/a/b:80',
    'https://issuer.example.org/http://x:8443/y',
    'https://issuer.example.org/'.padEnd(255, 'x'),
  ])('%s is accepted', (url) => expectFine({ [field]: url }, 'existing-cluster'))

  test('with several mistakes has an issue for each', () => {
    expect(issuesOf('existing-cluster', { [field]: 'http://10.0.0.1:80/x?y#z' })).toHaveLength(5)
  })
})

describe.each(['cluster.proxyUrl', 'cluster.management.proxyUrl'])('%s', (field) => {
  test.each([
    ['https://bastion:8118', /has the scheme https: where a proxy takes http/],
    ['socks5://bastion:1080', /has the scheme socks5:/],
    ['http://bastion', /names no port/],
    ['http://bastion:8118/path', /something after the port/],
    ['http://bastion:8118?x=y', /something after the port.*names no port/s],
    ['http://bastion:8118#x', /something after the port.*names no port/s],
    ['http://localhost:8118', /a function must not dial.*use the name or address of the bastion/],
    ['http://127.0.0.1:8118', /loopback/],
    ['http://[::1]:8118', /loopback/],
    ['http://169.254.169.254:80', /link-local/],
    ['http://[fd00:ec2::254]:80', /metadata/],
    ['http://0x7f.1:8118', /loopback/],
    ['bastion:8118', /has the scheme bastion:|is not a URL/],
    ['http://', /is not a URL/],
  ])('%s is refused', (url, words) => {
    const issues = issuesOf('setup', { [field]: url })
    expect(issues.map(({ path }) => path)).toContain(field)
    expect(issues.map(({ message }) => message).join('\n')).toMatch(words)
  })

  test('with user and password is refused, and they are not repeated', () => {
    expectRefused(field, 'http://admin:c2VjcmV0@bastion:8118', /holds a user or password \(not repeated here\)/)
    expect(JSON.stringify(issuesOf('setup', { [field]: 'http://admin:c2VjcmV0@bastion:8118' }))).not.toContain(
      'c2VjcmV0',
    )
  })

  test.each([
    'http://bastion:8118',
    'http://10.0.0.5:3128',
    'http://bastion.anthos.internal:80',
    'http://bastion:8118/',
  ])('%s is accepted', (url) => expectFine({ [field]: url }))
})
