import { describe, expect, test } from 'vitest'
import { plainSecretArn } from '../../../../lambdas/spec/patterns.ts'
import { expectFine, expectIssue, expectRefused } from '../../../support/api/expect-fault.ts'
import { issuesOf } from '../../../support/api/requests.ts'

const fields = ['cluster.credentialsSecretArn', 'cluster.management.credentialsSecretArn']
const good = 'arn:aws:secretsmanager:eu-west-1:000000000000:secret:workload-identity/prod-eu/user-cluster-d4e5f6'

describe.each(fields)('%s', (field) => {
  test.for<[string, string, unknown, RegExp]>([
    [
      'of another region',
      field,
      good.replace('eu-west-1', 'us-east-1'),
      /in region us-east-1.*reads secrets of region eu-west-1 only/,
    ],
    [
      'of another account',
      field,
      good.replace('000000000000', '111122223333'),
      /in account 111122223333.*account 000000000000 only/,
    ],
    ['of another partition', field, good.replace('arn:aws:', 'arn:aws-cn:'), /in partition aws-cn/],
    [
      'under another prefix',
      field,
      good.replace('workload-identity/', 'payroll/'),
      /outside of workload-identity\/: store it as workload-identity\/prod-eu\/NAME/,
    ],
  ])('%s is refused', ([, field, value, words]) => expectRefused(field, value, words))

  test.each(['prod-us', 'prod-eu-2', 'prod'])('of another cluster, %s, is refused', (cluster) => {
    expectRefused(
      field,
      good.replace('prod-eu', cluster),
      /not under workload-identity\/prod-eu\/.*not for cluster prod-eu/,
    )
  })

  test('whose path only starts with the name of the cluster is refused', () => {
    expectRefused(
      field,
      good.replace('prod-eu/user-cluster-d4e5f6', 'prod-eu/'),
      /not under workload-identity\/prod-eu\//,
    )
    expectRefused(field, good.replace('prod-eu/user', 'prod-eu-user'), /not under workload-identity\/prod-eu\//)
  })

  test.each(['../shop/user', './user', '/user', 'a//b', 'a/..', 'a/', '...', '..'])(
    'with the path %s is refused',
    (path) => {
      const arn = good.replace('user-cluster-d4e5f6', path)
      expectRefused(field, arn, /a part that is empty or only dots: store it as workload-identity\/prod-eu\/NAME/)
      expect(plainSecretArn.test(arn)).toBe(false)
    },
  )

  test.each(['.kube/config', 'a.b/c..d', 'a/..b', 'x'.repeat(400)])('with the path %s is accepted', (path) => {
    const arn = good.replace('user-cluster-d4e5f6', path)
    expectFine({ [field]: arn })
    expect(plainSecretArn.test(arn)).toBe(true)
  })

  test('with several mistakes has an issue for each', () => {
    const arn = 'arn:aws:secretsmanager:us-east-1:111122223333:secret:payroll/prod-eu/x'
    expect(issuesOf('setup', { [field]: arn }).map(({ path }) => path)).toEqual([field, field, field])
  })

  test.each([
    ['a token', 'eyJhbGciOiJSUzI1NiJ9.c2VjcmV0LXZhbHVl.c2lnbmF0dXJl'],
    ['a kubeconfig', 'apiVersion: v1\nkind: Config\nusers: [{user: {token: c2VjcmV0LXZhbHVl}}]'],
    ['a short password', 'c2VjcmV0LXZhbHVl'],
    ['an ARN with trailing text', `${good} c2VjcmV0LXZhbHVl`],
    ['an ARN with a wildcard', 'arn:aws:secretsmanager:eu-west-1:000000000000:secret:workload-identity/prod-eu/*'],
    ['another ARN', 'arn:aws:ssm:eu-west-1:000000000000:parameter/c2VjcmV0LXZhbHVl'],
    ['nothing', ''],
  ])('is refused and not repeated if it is %s instead of the ARN of a secret', (_what, value) => {
    expectRefused(
      field,
      value,
      /is not the ARN of a secret.*Secrets Manager as workload-identity\/prod-eu\/NAME and give that secret's ARN, arn:aws:secretsmanager:eu-west-1:000000000000:secret:workload-identity\/prod-eu\/NAME-SUFFIX$/,
    )
    expect(JSON.stringify(issuesOf('setup', { [field]: value }))).not.toContain('c2VjcmV0LXZhbHVl')
  })

  test('is refused and not repeated if it is an object', () => {
    const issues = issuesOf('setup', { [field]: { server: 'https://x', token: 'c2VjcmV0LXZhbHVl' } })
    expect(issues.map(({ path }) => path)).toEqual([field])
    expect(JSON.stringify(issues)).not.toContain('c2VjcmV0LXZhbHVl')
  })

  test('is accepted without the six characters that Secrets Manager adds', () => {
    expectFine({ [field]: good.replace('-d4e5f6', '') })
  })
})

test('an invalid name of the cluster is the only issue: the path of the secret is not compared with it', () => {
  expectRefused('cluster.name', 'Prod', /DNS-1123/)
})

test('with an invalid name of the cluster, the advice where to store a secret has the placeholder CLUSTER', () => {
  const [, secret] = issuesOf('setup', { 'cluster.name': 'Prod', 'cluster.credentialsSecretArn': 'a token' })
  expect(secret?.message).toContain('store the credentials in Secrets Manager as workload-identity/CLUSTER/NAME')
})

test('a client secret of an OpenID Connect provider is refused, because the record stores the request', () => {
  const oidc = [{ clientID: 'x', clientSecret: 'c2VjcmV0LXZhbHVl' }]
  expectIssue(
    { 'cluster.spec.authentication': { oidc } },
    'cluster.spec.authentication.oidc[0].clientSecret',
    /would put a secret/,
  )
  expect(JSON.stringify(issuesOf('setup', { 'cluster.spec.authentication': { oidc } }))).not.toContain(
    'c2VjcmV0LXZhbHVl',
  )
})
