import { describe, expect, test } from 'vitest'
import { type ActionName, actionNames } from '../../../lambdas/access/actions.ts'
import type { AccessRules } from '../../../lambdas/access/configuration.ts'
import { type AccessQuery, actionsFor, givablePolicies } from '../../../lambdas/access/overview.ts'
import { type RoleName, roleNames } from '../../../lambdas/access/roles.ts'
import { exampleAccess, exampleRules, readOnly, sessionOf } from '../../support/api/access.ts'

/** The reported access of a session of the role in the scope. Operations are its own, unless the scope names another owner. */
function accessOf(role: string, scope: Partial<AccessQuery> = {}, rules: Partial<AccessRules> = {}) {
  const principal = sessionOf(role)
  const all = actionsFor(exampleAccess(rules), principal, { owner: principal.name, ...scope })
  return (action: ActionName) => all[action]
}

const may = (role: string, action: ActionName, scope?: Partial<AccessQuery>, rules?: Partial<AccessRules>) =>
  accessOf(role, scope, rules)(action)?.allowed

describe('each role', () => {
  test('gets an answer for every action', () => {
    for (const role of roleNames) {
      const of = accessOf(role)
      expect(actionNames.filter((action) => of(action) === undefined)).toEqual([])
    }
  })

  test('gets the roles that may do an action, and whether it may', () => {
    const rows: readonly [ActionName, readonly RoleName[]][] = [
      ['get-cluster', ['viewer', 'developer', 'operator', 'administrator']],
      ['get-rights', ['viewer', 'operator', 'administrator']],
      ['add-workload', ['developer', 'operator', 'administrator']],
      ['tear-down-cluster', ['operator', 'administrator']],
      ['refresh-signing-keys', ['operator', 'administrator']],
      ['accept-signing-key', ['administrator']],
      ['force', ['administrator']],
    ]
    for (const role of roleNames) {
      const of = accessOf(role, { cluster: 'own' })
      const expected = rows.map(([action, roles]) => [action, { allowed: roles.includes(role), roles }])
      expect(rows.map(([action]) => [action, of(action)])).toEqual(expected)
    }
  })
})

describe('a scope', () => {
  test('without a cluster means any cluster of the grants, and otherwise the named one', () => {
    expect(may('operator', 'tear-down-cluster')).toBe(true)
    expect(may('operator', 'tear-down-cluster', { cluster: 'own' })).toBe(true)
    expect(may('operator', 'tear-down-cluster', { cluster: 'other' })).toBe(false)
  })

  test('without a namespace means the cluster, and otherwise a workload', () => {
    expect(may('developer', 'start-verification', { cluster: 'own' })).toBe(false)
    expect(may('developer', 'start-verification', { cluster: 'own', namespace: 'team-a' })).toBe(true)
    expect(may('developer', 'start-verification', { cluster: 'own', namespace: 'default' })).toBe(false)
    expect(accessOf('developer', { cluster: 'own' })('start-verification')?.roles).toEqual([
      'operator',
      'administrator',
    ])
  })

  test('without a namespace means any namespace of the grants for actions on workloads', () => {
    expect(may('developer', 'add-workload', { cluster: 'own' })).toBe(true)
    expect(may('developer', 'add-workload', { cluster: 'other' })).toBe(false)
  })

  test('of one cluster allows no action that needs all clusters', () => {
    expect(accessOf('operator')('start-rotation')).toEqual({ allowed: false, roles: ['operator', 'administrator'] })
  })
})

test('an operation of another caller can be cancelled only by operators', () => {
  const scope = { cluster: 'own', namespace: 'team-a' }
  expect(accessOf('developer', scope)('cancel-operation')).toEqual({
    allowed: true,
    roles: ['developer', 'operator', 'administrator'],
  })
  expect(accessOf('developer', { ...scope, owner: 'another' })('cancel-operation')).toEqual({
    allowed: false,
    roles: ['operator', 'administrator'],
  })
})

describe('a Cedar policy of the settings', () => {
  const policies = {
    'prod-stays':
      'forbid (principal, action == Action::"tear-down-cluster", resource) when { resource.name like "prod-*" };',
  }

  test('removes an action from every role only in the clusters where it forbids it', () => {
    const rules = { policies }
    expect(accessOf('administrator', { cluster: 'prod-eu' }, rules)('tear-down-cluster')).toEqual({
      allowed: false,
      roles: [],
    })
    expect(may('administrator', 'tear-down-cluster', {}, rules)).toBe(true)
    const grants = [
      { name: 'o', role: 'operator' as const, to: [{ iam: { role: 'operator' } }], clusters: ['prod-eu'] },
    ]
    expect(may('operator', 'tear-down-cluster', {}, { policies, grants })).toBe(false)
  })

  test('is evaluated for the cluster * and the namespace * when none is named', () => {
    const somewhere = (condition: string) => {
      const policies = { p: `forbid (principal, action == Action::"add-workload", resource) when { ${condition} };` }
      return accessOf('operator', {}, { policies })('add-workload')?.roles
    }
    expect(somewhere('resource.cluster == "*"')).toEqual([])
    expect(somewhere('resource.namespace == "*"')).toEqual([])
    expect(somewhere('resource.cluster == "own"')).toEqual(['developer', 'operator', 'administrator'])
  })

  test('removes an action from one of the clusters of a grant, and not from the others', () => {
    const grants = [
      { name: 'o', role: 'operator' as const, to: [{ iam: { role: 'operator' } }], clusters: ['own', 'prod-eu'] },
    ]
    expect(may('operator', 'tear-down-cluster', {}, { policies, grants })).toBe(true)
  })

  test('is evaluated for an operation of the kind setup with the ID *', () => {
    const cancels = (condition: string) => {
      const policies = {
        p: `forbid (principal, action == Action::"cancel-operation", resource) when { ${condition} };`,
      }
      return may('operator', 'cancel-operation', { cluster: 'own' }, { policies })
    }
    expect(cancels('resource.kind == "setup"')).toBe(false)
    expect(cancels('resource == Operation::"*"')).toBe(false)
    expect(cancels('resource.kind == "rotation"')).toBe(true)
  })

  test('is evaluated for an empty AWS account, because a scope has none', () => {
    const usesOf = (condition: string) => {
      const policies = { p: `forbid (principal, action == Action::"use-account", resource) when { ${condition} };` }
      return may('administrator', 'use-account', { cluster: 'own' }, { policies })
    }
    expect(usesOf('context.awsAccountId == ""')).toBe(false)
    expect(usesOf('context.awsAccountId != ""')).toBe(true)
  })

  test('is evaluated for the service account *, and in a request for the named one', () => {
    const policies = {
      'app-accounts':
        'forbid (principal, action == Action::"add-workload", resource) unless { resource.name == "*" || resource.name like "app-*" };',
    }
    const scope = { cluster: 'own', namespace: 'team-a' }
    expect(may('operator', 'add-workload', scope, { policies })).toBe(true)
    const forbidsAll = { 'app-accounts': policies['app-accounts'].replace('resource.name == "*" || ', '') }
    expect(may('operator', 'add-workload', scope, { policies: forbidsAll })).toBe(false)

    const mayAdd = (serviceAccount: string) => {
      const resource = { type: 'Workload', ...scope, serviceAccount } as const
      const request = { action: 'add-workload', resource, policyArns: [readOnly] } as const
      return exampleAccess({ policies }).decide(sessionOf('operator'), request).allowed
    }
    expect([mayAdd('app-reader'), mayAdd('reader')]).toEqual([true, false])
  })

  test('allows an action to a caller without a grant', () => {
    const open = 'permit (principal, action == Action::"get-cluster", resource);'
    expect(may('nobody', 'get-cluster', {}, { policies: { open } })).toBe(true)
    expect(may('nobody', 'get-rights', {}, { policies: { open } })).toBe(false)
  })
})

describe('the policies for a workload', () => {
  const own = 'arn:aws:iam::*:policy/payments/*'
  const allowed = [readOnly, 'arn:aws:iam::aws:policy/AmazonSQSReadOnlyAccess', own]
  const given = (role: string, scope: Partial<AccessQuery> = {}, rules: Partial<AccessRules> = {}) => {
    const principal = sessionOf(role)
    return givablePolicies(exampleAccess(rules), principal, { owner: principal.name, ...scope }, allowed)
  }
  const developerOf = (...policyArns: string[]): Partial<AccessRules> => ({
    grants: exampleRules.grants.map((grant) => (grant.role === 'developer' ? { ...grant, policyArns } : grant)),
  })

  test("are all that the deployment allows for operators, and those of a developer's grants", () => {
    expect(given('operator')).toEqual(allowed)
    expect(given('developer')).toEqual([readOnly])
    expect(given('viewer')).toEqual([])
  })

  test("are those of a narrower grant, and never more than the deployment's", () => {
    const narrow = 'arn:aws:iam::*:policy/payments/reports/*'
    expect(given('developer', {}, developerOf(narrow))).toEqual([narrow])
    expect(given('developer', {}, developerOf('*'))).toEqual(allowed)
    expect(given('developer', {}, developerOf('arn:aws:iam::*:policy/pay*'))).toEqual([own])
  })

  test('are none when the caller may add no workload', () => {
    expect(given('developer', { cluster: 'other' })).toEqual([])
    expect(given('developer', { cluster: 'own', namespace: 'default' })).toEqual([])
  })
})
