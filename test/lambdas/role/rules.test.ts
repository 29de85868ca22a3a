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
      /is the service account a\/b, like workloads\[0\]/,
    )
  })

  // IAM does not distinguish names by case.
  test.each(['reader', 'Reader'])('with the role names reader and %s is refused', (name) => {
    expectIssue(
      { workloads: [workload('a', 'b', 'reader'), workload('c', 'd', name)] },
      'workloads[1].role.name',
      new RegExp(`"${name}" is also the role of workloads\\[0\\]`),
    )
  })

  test('with names that differ only in the position of a hyphen is accepted, because their roles differ', () => {
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

  test('with a duplicate name and a default name has an issue for each', () => {
    const claimed = defaultRoleName(deployment, 'prod-eu', { namespace: 'x', serviceAccount: 'y' })
    const workloads = [workload('a', 'b', 'reader'), workload('c', 'd', 'reader'), workload('e', 'f', claimed)]
    const paths = issuesOf('setup', { workloads }).map(({ path }) => path)
    expect(paths.toSorted()).toEqual(['workloads[1].role.name', 'workloads[2].role.name'])
  })

  test('with more than 400 workloads is refused', () => {
    expectFine({ workloads: many(400) })
    expectRefused('workloads', many(401), /has 401 workloads, and a cluster takes at most 400/)
  })

  test('with more than 400 workloads is checked completely', () => {
    const paths = issuesOf('setup', { workloads: [...many(401), { ...workload('A', 'b') }] }).map(({ path }) => path)
    expect(paths).toEqual(['workloads[401].namespace', 'workloads'])
  })

  test('is required, and may be empty', () => {
    expect(issuesOf('setup', { workloads: [] })).toEqual([])
    expectRefused('workloads', undefined, /is missing: give a list/)
  })

  test('with two workloads without a name has no issue that they are equal', () => {
    const nameless = { namespace: 'a', role }
    const paths = issuesOf('setup', { workloads: [nameless, nameless] }).map(({ path }) => path)
    expect(paths).toEqual(['workloads[0].serviceAccount', 'workloads[1].serviceAccount'])
  })

  test('with a duplicate role name is refused even if the workloads lack a name', () => {
    const nameless = { namespace: 'a', role: { ...role, name: 'reader' } }
    expect(issuesOf('setup', { workloads: [nameless, nameless] }).map(({ path }) => path)).toContain(
      'workloads[1].role.name',
    )
  })

  test('with the form of a default name is accepted while the workload lacks a name', () => {
    const nameless = { namespace: 'a', role: { ...role, name: 'prod-eu-0123456789ab' } }
    expectIssue({ workloads: [nameless] }, 'workloads[0].serviceAccount', /is missing/)
  })

  test('is checked after an invalid element', () => {
    const paths = issuesOf('setup', { workloads: [5, workload('a', 'b'), workload('a', 'b')] }).map(({ path }) => path)
    expect(paths).toEqual(['workloads[0]', 'workloads[2]'])
  })
})

describe('namespaces that the webhook excludes', () => {
  test.each(['kube-system', 'workload-identity-webhook'])('a workload in %s is refused', (namespace) => {
    expectIssue({ workloads: [workload(namespace, 'x')] }, 'workloads[0].namespace', /is excluded from the webhook/)
  })

  test('a workload in one is accepted when no webhook is installed', () => {
    expectFine({ workloads: [workload('kube-system', 'x')], 'webhook.mode': 'none' })
  })
})
