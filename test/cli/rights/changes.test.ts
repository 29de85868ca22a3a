import { expect, test } from 'vitest'
import { changeLines } from '../../../cli/rights/change-lines.ts'
import { changeOf, otherNamespaces } from '../../../cli/rights/changes.ts'
import { said } from '../support/lines.ts'

const read = { apiGroups: [''], resources: ['pods'], verbs: ['get'] }
const write = { apiGroups: ['apps'], resources: ['deployments'], resourceNames: ['hook'], verbs: ['get', 'patch'] }
const role = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'Role',
  metadata: { name: 'account', namespace: 'reports', labels: { 'workload-identity/rights': 'prod' } },
  rules: [read, write],
}

test('creates a missing object', () => {
  expect(changeOf(role, undefined)).toEqual({ object: 'Role reports/account', action: 'created', differences: [] })
})

test('does not change an object with additional labels or another order of rules', () => {
  const observed = { ...role, rules: [write, read], metadata: { labels: { ...role.metadata.labels, team: 'a' } } }
  expect(changeOf(role, observed)).toMatchObject({ action: 'unchanged', differences: [] })
})

test('compares complete rules, including names and groups', () => {
  const observed = { ...role, rules: [read, { ...write, resourceNames: ['other'] }, { ...read, apiGroups: ['batch'] }] }
  expect(changeOf(role, observed)).toMatchObject({
    action: 'changed',
    differences: [
      {
        field: 'rules',
        observed: ['get, patch deployments.apps other', 'get pods.batch'],
        desired: ['get, patch deployments.apps hook'],
      },
    ],
  })
})

test('compares our label and the subjects', () => {
  const binding = {
    apiVersion: role.apiVersion,
    kind: 'RoleBinding',
    metadata: role.metadata,
    subjects: [{ kind: 'ServiceAccount', name: 'account', namespace: 'setup' }],
  }
  const observed = { metadata: {}, subjects: [{ kind: 'User', name: 'somebody', apiGroup: 'rbac' }] }
  expect(changeOf(binding, observed).differences).toEqual([
    { field: 'metadata.labels.workload-identity/rights', observed: [], desired: ['prod'] },
    { field: 'subjects', observed: ['User somebody'], desired: ['ServiceAccount setup/account'] },
  ])
})

test('lists each namespace of the objects once, except those among the objects', () => {
  const own = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'setup' } }
  const inSetup = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'account', namespace: 'setup' } }
  expect(otherNamespaces([own, inSetup, role, { ...role, kind: 'RoleBinding' }])).toEqual([
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'reports' } },
  ])
})

test('shows removed and added rules, and unchanged objects in one line', () => {
  const changed = changeOf(role, { ...role, rules: [read] })
  const unchanged = changeOf(role, role)
  expect(said(changeLines([changeOf({ ...role, kind: 'ClusterRole' }, undefined), changed, unchanged]))).toEqual([
    '  would create  ClusterRole reports/account',
    '  would change  Role reports/account',
    '               rules',
    '               + get, patch deployments.apps hook',
    '  unchanged     1 object',
  ])
})

test('compares a role whose rules were removed, and one with rules for other URLs', () => {
  expect(changeOf(role, { ...role, rules: null }).action).toBe('changed')
  expect(changeOf(role, { ...role, rules: [{ nonResourceURLs: ['/version'], verbs: ['get'] }] }).action).toBe('changed')
})
