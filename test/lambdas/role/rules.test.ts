import { describe, expect, test } from 'vitest'
import { defaultRoleName } from '../../../lambdas/role/name.ts'
import { expectFine, expectIssue, expectRefused } from '../../support/api/expect-fault.ts'
import { issuesOf } from '../../support/api/requests.ts'
import { deployment } from '../../support/steps/deployment.ts'

const role = { policyArns: ['arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'] }
const workload = (namespace: string, serviceAccount: string, name?: string) => ({
  namespace,
  serviceAccount,
  role: name === undefined ? role : { ...role, name },
})
const many = (count: number) => Array.from({ length: count }, (_, index) => workload('default', `account-${index}`))

describe('the list of workloads', () => {
  test('with the same workload twice is refused once, at the second', () => {
    expectIssue(
      { workloads: [workload('a', 'b'), workload('c', 'd'), workload('a', 'b')] },
      'workloads[2]',
      /is a\/b like workloads\[0\]/,
    )
  })

  test('with two workloads of one role name is refused', () => {
    expectIssue(
      { workloads: [workload('a', 'b', 'reader'), workload('c', 'd', 'reader')] },
      'workloads[1].role.name',
      /"reader" is the role of workloads\[0\] too/,
    )
  })

  test('with role names that differ in case only is refused, for IAM does not tell them apart', () => {
    expectIssue(
      { workloads: [workload('a', 'b', 'reader'), workload('c', 'd', 'Reader')] },
      'workloads[1].role.name',
      /"Reader" is the role of workloads\[0\] too/,
    )
  })

  test('whose names differ in the place of a hyphen only is taken, for each has a role of its own', () => {
    expectFine({ workloads: [workload('a-b', 'c'), workload('a', 'b-c')] })
  })

  test('with a role name that is the default of another is refused', () => {
    expectIssue(
      {
        workloads: [
          workload('a', 'b'),
          workload('c', 'd', defaultRoleName(deployment, 'prod-eu', { namespace: 'a', serviceAccount: 'b' })),
        ],
      },
      'workloads[1].role.name',
      /has the form of a default name/,
    )
  })

  test('with one name of each kind is refused for both', () => {
    const claimed = defaultRoleName(deployment, 'prod-eu', { namespace: 'x', serviceAccount: 'y' })
    const workloads = [workload('a', 'b', 'reader'), workload('c', 'd', 'reader'), workload('e', 'f', claimed)]
    const paths = issuesOf('setup', { workloads }).map(({ path }) => path)
    expect(paths.toSorted()).toEqual(['workloads[1].role.name', 'workloads[2].role.name'])
  })

  test('with 400 workloads is taken, with more it is refused', () => {
    expectFine({ workloads: many(400) })
    expectRefused('workloads', many(401), /has 401 workloads, and a cluster takes 400/)
  })

  test('with more than 400 workloads is looked at to its end', () => {
    const paths = issuesOf('setup', { workloads: [...many(401), { ...workload('A', 'b') }] }).map(({ path }) => path)
    expect(paths).toEqual(['workloads[401].namespace', 'workloads'])
  })

  test('that is missing is refused, and one that is empty is not: a cluster may have none', () => {
    expect(issuesOf('setup', { workloads: [] })).toEqual([])
    expectRefused('workloads', undefined, /is missing: give a list/)
  })

  test('does not take two workloads for the same because both lack a name', () => {
    const nameless = { namespace: 'a', role }
    const paths = issuesOf('setup', { workloads: [nameless, nameless] }).map(({ path }) => path)
    expect(paths).toEqual(['workloads[0].serviceAccount', 'workloads[1].serviceAccount'])
  })

  test('has one role name twice also while the workloads lack a name', () => {
    const nameless = { namespace: 'a', role: { ...role, name: 'reader' } }
    expect(issuesOf('setup', { workloads: [nameless, nameless] }).map(({ path }) => path)).toContain(
      'workloads[1].role.name',
    )
  })

  test('with the form of a default name is not refused for it while the own default name is not known', () => {
    const nameless = { namespace: 'a', role: { ...role, name: 'prod-eu-0123456789ab' } }
    expectIssue({ workloads: [nameless] }, 'workloads[0].serviceAccount', /is missing/)
  })

  test('goes on past an element that is none', () => {
    const paths = issuesOf('setup', { workloads: [5, workload('a', 'b'), workload('a', 'b')] }).map(({ path }) => path)
    expect(paths).toEqual(['workloads[0]', 'workloads[2]'])
  })
})

describe('namespaces that the webhook leaves out', () => {
  test.each(['kube-system', 'workload-identity-webhook'])('a workload in %s is refused', (namespace) => {
    expectIssue({ workloads: [workload(namespace, 'x')] }, 'workloads[0].namespace', /is left out by the webhook/)
  })

  test('a workload there is fine where nothing is installed', () => {
    expectFine({ workloads: [workload('kube-system', 'x')], 'webhook.mode': 'none' })
  })
})
