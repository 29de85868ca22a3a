import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { accessSummary } from '../../../docs/generate/access-table.ts'
import type { AuthorizationRequest, Resource } from '../../../lambdas/access/authorization-request.ts'
import { policyMistakes } from '../../../lambdas/access/check-policies.ts'
import type { Access } from '../../../lambdas/access/decide.ts'
import { refusalOf } from '../../../lambdas/access/refusal.ts'
import { type RoleName, roleNames, rolePolicies } from '../../../lambdas/access/roles.ts'
import { exampleAccess, readOnly, sessionOf } from '../../support/api/access.ts'

const access = exampleAccess()

/** A resource of each type, in a namespace of the developer. The operation is the caller's own. */
function resourceOf(type: Resource['type'], cluster: string, owner: string): Resource {
  if (type === 'Deployment') return { type }
  if (type === 'Cluster') return { type, cluster }
  if (type === 'Workload') return { type, cluster, namespace: 'team-a', serviceAccount: 'reader' }
  return { type, operationId: 'id', kind: 'setup', cluster, owner, namespaces: ['team-a'] }
}

test('the table in docs/access.md says what each role may do, on its own cluster and on another', () => {
  const page = readFileSync(new URL('../../../docs/access.md', import.meta.url), 'utf8')
  expect(page).toContain(accessSummary())
})

test('a workload of a list is shown to each role on its own cluster, and to administrators on another', () => {
  const readers = (cluster: string) => {
    const request: AuthorizationRequest = { action: 'read-workload', resource: resourceOf('Workload', cluster, '') }
    return roleNames.filter((role) => access.decide(sessionOf(role), request).allowed)
  }
  expect(readers('own')).toEqual(roleNames)
  expect(readers('other')).toEqual(['administrator'])
})

describe('a developer', () => {
  const developer = sessionOf('developer')
  const may = (request: AuthorizationRequest) => access.decide(developer, request).allowed
  const workload = (namespace: string, cluster = 'own'): Resource => ({
    ...{ type: 'Workload', cluster, namespace, serviceAccount: 'reader' },
  })
  const operation = (more: Partial<Extract<Resource, { type: 'Operation' }>>): Resource => ({
    ...{ type: 'Operation', operationId: 'id', kind: 'setup', cluster: 'own', namespaces: ['team-a'] },
    owner: developer.name,
    ...more,
  })

  test('works only in the granted namespaces', () => {
    expect(may({ action: 'tear-down-workload', resource: workload('team-b') })).toBe(true)
    for (const namespace of ['default', 'team', 'my-team-a']) {
      expect(may({ action: 'tear-down-workload', resource: workload(namespace) })).toBe(false)
    }
  })

  test('adds workloads only with the granted policies', () => {
    const add = (...policyArns: string[]) => may({ action: 'add-workload', resource: workload('team-a'), policyArns })
    expect(add()).toBe(true)
    expect(may({ action: 'add-workload', resource: workload('team-a') })).toBe(true)
    expect(add(readOnly)).toBe(true)
    expect(add(readOnly, 'arn:aws:iam::aws:policy/AdministratorAccess')).toBe(false)
  })

  test('reads operations on workloads of its namespaces, and no others', () => {
    expect(may({ action: 'get-operation', resource: operation({ owner: 'another' }) })).toBe(true)
    expect(may({ action: 'get-operation', resource: operation({ namespaces: ['team-a', 'default'] }) })).toBe(false)
    expect(may({ action: 'get-operation', resource: operation({ namespaces: [] }) })).toBe(false)
    expect(may({ action: 'get-operation', resource: operation({ cluster: 'other' }) })).toBe(false)
    expect(may({ action: 'get-operation', resource: operation({ cluster: undefined }) })).toBe(false)
  })
})

describe('several grants', () => {
  const to = [{ iam: { role: 'both' } }]
  const developer = { role: 'developer', to } as const
  const both = exampleAccess({
    grants: [
      { ...developer, name: 'a', clusters: ['a'], namespaces: ['x'], policyArns: ['arn:p'] },
      { ...developer, name: 'b', clusters: ['b'], namespaces: ['y'], policyArns: ['arn:q'] },
    ],
  })
  const may = (cluster: string, namespace: string, policy: string) =>
    both.decide(sessionOf('both'), {
      action: 'add-workload',
      resource: { type: 'Workload', cluster, namespace, serviceAccount: 'r' },
      policyArns: [policy],
    }).allowed

  test('do not mix their clusters, namespaces and policies', () => {
    expect([may('a', 'x', 'arn:p'), may('b', 'y', 'arn:q')]).toEqual([true, true])
    expect([may('a', 'y', 'arn:p'), may('b', 'x', 'arn:q'), may('a', 'x', 'arn:q')]).toEqual([false, false, false])
  })

  test('are named in the decision, if they allow it', () => {
    const resource = { type: 'Cluster', cluster: 'b' } as const
    expect(both.decide(sessionOf('both'), { action: 'get-cluster', resource })).toEqual({
      allowed: true,
      policies: ['developer/reads-clusters'],
      grants: ['b'],
      errors: [],
    })
  })
})

test('an operation on all clusters needs a grant for all clusters', () => {
  const all = exampleAccess({
    grants: [{ name: 'all', role: 'operator', to: [{ iam: { role: 'operator' } }], clusters: ['*'] }],
  })
  const request = { action: 'start-rotation', resource: { type: 'Deployment' } } as const
  expect(all.decide(sessionOf('operator'), request).allowed).toBe(true)
  expect(access.decide(sessionOf('operator'), request).allowed).toBe(false)
})

describe('the Cedar policies of the settings', () => {
  const setup = { action: 'start-setup', resource: { type: 'Cluster', cluster: 'own' }, policyArns: [] } as const
  const withPolicies = (policies: Record<string, string>): Access => exampleAccess({ policies })

  test('forbid what roles allow, also to administrators', () => {
    const strict = withPolicies({ 'no-setups': 'forbid (principal, action == Action::"start-setup", resource);' })
    for (const role of ['operator', 'administrator']) {
      expect(strict.decide(sessionOf(role), setup)).toEqual({
        allowed: false,
        policies: ['no-setups'],
        grants: [],
        errors: [],
      })
    }
  })

  test.each<[string, string, AuthorizationRequest]>([
    [
      'a workload',
      'resource == Workload::"own/team-a/reader"',
      { action: 'read-workload', resource: resourceOf('Workload', 'own', '') },
    ],
    [
      'a workload by its namespace',
      'resource in Namespace::"own/team-a"',
      { action: 'read-workload', resource: resourceOf('Workload', 'own', '') },
    ],
    [
      'a cluster by its deployment',
      'resource in Deployment::"deployment"',
      { action: 'get-cluster', resource: resourceOf('Cluster', 'own', '') },
    ],
  ])('forbid %s', (_, condition, request) => {
    const strict = withPolicies({ strict: `forbid (principal, action, resource) when { ${condition} };` })
    expect(access.decide(sessionOf('operator'), request).allowed).toBe(true)
    expect(strict.decide(sessionOf('operator'), request)).toMatchObject({ allowed: false, policies: ['strict'] })
  })

  test('see only the part of a scope that the request needs', () => {
    const empty = 'principal.clusters.isEmpty() && principal.namespaces.isEmpty() && principal.policyArns.isEmpty()'
    const open = withPolicies({ open: `permit (principal, action, resource) when { ${empty} };` })
    const get = (cluster: string): AuthorizationRequest => ({
      action: 'get-cluster',
      resource: { type: 'Cluster', cluster },
    })
    expect(open.decide(sessionOf('developer'), get('other')).policies).toEqual(['open'])
    expect(open.decide(sessionOf('developer'), get('own')).policies).toEqual(['developer/reads-clusters'])
    const strict = withPolicies({
      strict: 'forbid (principal, action, resource) unless { principal.policyArns.isEmpty() };',
    })
    expect(strict.decide(sessionOf('operator'), get('own')).allowed).toBe(true)
  })

  test('apply to one deployment, also when a process decides for several', () => {
    const strict = withPolicies({ 'no-setups': 'forbid (principal, action == Action::"start-setup", resource);' })
    const free = withPolicies({})
    expect([strict, free].map((one) => one.decide(sessionOf('operator'), setup).allowed)).toEqual([false, true])
  })

  test('must parse', () => {
    expect(() => withPolicies({ mine: 'forbid (principal' })).toThrow(
      /^a Cedar policy does not parse: .*`mine`.*unexpected end of input/,
    )
  })

  test.each([
    ['a later', ['administrator', 'viewer']],
    ['an earlier', ['viewer', 'administrator']],
  ] as const)('forbid by a role that the caller has in %s grant than the one that allows', (_, roles) => {
    const to = [{ iam: { role: 'both' } }]
    const viewer = { name: 'v', role: 'viewer' as const, to, clusters: ['*'] }
    const administrator = { name: 'a', role: 'administrator' as const, to }
    const strict = exampleAccess({
      grants: roles.map((role) => (role === 'viewer' ? viewer : administrator)),
      policies: {
        'viewers-change-nothing': 'forbid (principal in Role::"viewer", action == Action::"start-setup", resource);',
      },
    })
    expect(strict.decide(sessionOf('both'), setup)).toMatchObject({
      allowed: false,
      policies: ['viewers-change-nothing'],
    })
  })

  test('permit what no role allows, also to a caller without a grant', () => {
    const open = withPolicies({
      'auditors-read':
        'permit (principal, action in Action::"read", resource) when { principal has role && principal.role == "auditor" };',
    })
    const request = { action: 'get-cluster', resource: { type: 'Cluster', cluster: 'any' } } as const
    expect(open.decide(sessionOf('auditor'), request)).toMatchObject({
      allowed: true,
      policies: ['auditors-read'],
      grants: [],
    })
    expect(open.decide(sessionOf('another'), request).allowed).toBe(false)
  })

  test.each([
    ['that forbids', 'forbid (principal, action, resource) when { 9223372036854775807 + 1 > 0 };'],
    ['that permits', 'permit (principal, action, resource) when { 9223372036854775807 + 1 > 0 };'],
  ])('refuse everything when one %s cannot be evaluated, because Cedar ignores it', (_, policy) => {
    const decision = withPolicies({ overflows: policy }).decide(sessionOf('administrator'), setup)
    expect(decision).toEqual({ allowed: false, policies: [], grants: [], errors: ['overflows'] })
  })

  test.each<[string, string, RegExp]>([
    ['that does not parse', 'forbid (principal', /failed to parse policy with id `mine`/],
    [
      'of two policies',
      'permit (principal, action, resource); permit (principal, action, resource);',
      /unexpected token/,
    ],
    [
      'with an unknown action',
      'forbid (principal, action == Action::"start-setups", resource);',
      /unrecognized action/,
    ],
    [
      'with an unknown attribute',
      'forbid (principal, action == Action::"start-setup", resource) when { resource.owner == "x" };',
      /attribute `owner` on entity type `Cluster` not found/,
    ],
    [
      'that can never apply',
      'forbid (principal, action == Action::"start-rotation", resource) when { resource is Cluster };',
      /policy is impossible/,
    ],
    [
      'with an attribute that only some callers have',
      'forbid (principal, action, resource) when { principal.role == "x" };',
      /unable to guarantee safety of access to optional attribute `role`/,
    ],
  ])('are checked against the schema: one %s is a mistake', (_, policy, words) => {
    expect(policyMistakes({ mine: policy }).join('\n')).toMatch(words)
    expect(policyMistakes({ mine: policy })[0]).toMatch(/^the policy mine: /)
  })

  test('have the suggestion of Cedar in their mistakes, if it makes one', () => {
    const of = (condition: string) =>
      policyMistakes({ mine: `forbid (principal, action, resource) when ${condition};` })
    expect(of('{ principal.nme == "x" }')).toEqual([expect.stringMatching(/ not found \(did you mean `name`\?\)$/)])
    expect(of('{ principal')).toEqual([expect.stringMatching(/: unexpected token `;`$/)])
  })

  test('may use claims of tokens, and pass the check', () => {
    const policy =
      'forbid (principal, action in Action::"operate", resource) when { principal.hasTag("groups") && principal.getTag("groups").contains("contractors") };'
    expect(policyMistakes({ 'no-contractors': policy })).toEqual([])
    expect(policyMistakes({})).toEqual([])
  })
})

test('the policies of the roles have no mistakes', () => {
  expect(policyMistakes(rolePolicies)).toEqual([])
})

test('a request that the schema does not allow is refused', () => {
  const request = { action: 'start-rotation', resource: { type: 'Cluster', cluster: 'own' } } as const
  const { allowed, errors } = access.decide(sessionOf('administrator'), request)
  expect(allowed).toBe(false)
  expect(errors).toHaveLength(1)
})

describe('a refusal', () => {
  const refused = (of: Access, role: string, request: AuthorizationRequest) => {
    const principal = sessionOf(role)
    const decision = of.decide(principal, request)
    expect(decision.allowed).toBe(false)
    return refusalOf(of, principal, request, decision)
  }
  const setup = { action: 'start-setup', resource: { type: 'Cluster', cluster: 'own' } } as const

  test('names the missing role, the sufficient grants, and the administrators to ask', () => {
    const text = refused(access, 'viewer', setup)
    expect(text).toContain('arn:aws:iam::000000000000:role/viewer may not do start-setup on cluster own')
    expect(text).toContain('requires the role operator for cluster own')
    expect(text).toContain('These grants would allow it: operators, administrators.')
    expect(text).toContain('ask a caller with the grant administrators')
  })

  test('names the necessary scope of the grant', () => {
    const resource = { type: 'Workload', cluster: 'own', namespace: 'other', serviceAccount: 'r' } as const
    const text = refused(access, 'developer', { action: 'add-workload', resource, policyArns: [readOnly] })
    expect(text).toContain(
      `requires the role developer for cluster own, namespace other, with the policies ${readOnly}`,
    )
    expect(refused(access, 'operator', { action: 'start-rotation', resource: { type: 'Deployment' } })).toContain(
      'requires the role operator for all clusters',
    )
  })

  test('names the operation, and that one on all clusters needs a grant for all', () => {
    const operation = { type: 'Operation', operationId: 'id', kind: 'rotation', owner: 'x', namespaces: [] } as const
    const read = (more: object) =>
      refused(access, 'developer', { action: 'get-operation', resource: { ...operation, ...more } })
    expect(read({})).toContain('get-operation on operation id: this requires the role viewer for all clusters. ')
    expect(read({ cluster: 'own' })).toContain('this requires the role viewer for cluster own. ')
  })

  test('names only the namespace for a request without policies', () => {
    const resource = { type: 'Workload', cluster: 'own', namespace: 'other', serviceAccount: 'r' } as const
    const words = 'requires the role developer for cluster own, namespace other. '
    expect(refused(access, 'developer', { action: 'tear-down-workload', resource })).toContain(words)
    expect(refused(access, 'developer', { action: 'add-workload', resource, policyArns: [] })).toContain(words)
  })

  test('names no role and no grant when the policies of the settings forbid all', () => {
    const policy = (action: string) =>
      `forbid (principal in Role::"administrator", action == Action::"${action}", resource);`
    const strict = exampleAccess({ policies: { deletes: policy('delete-cluster'), reads: policy('get-cluster') } })
    const other = (action: 'delete-cluster' | 'get-cluster') =>
      refused(strict, 'developer', { action, resource: { type: 'Cluster', cluster: 'other' } })
    expect(other('delete-cluster')).toContain('on cluster other: no role allows it. Grants are in')
    expect(other('get-cluster')).toContain('this requires the role viewer for cluster other. Grants are in')
  })

  test('names the policy that forbids', () => {
    const strict = exampleAccess({
      policies: { freeze: 'forbid (principal, action == Action::"start-setup", resource);' },
    })
    expect(refused(strict, 'operator', setup)).toContain('is forbidden by the policy freeze')
  })

  test('names the policy that could not be evaluated', () => {
    const broken = exampleAccess({
      policies: { broken: 'permit (principal, action, resource) when { 9223372036854775807 + 1 > 0 };' },
    })
    expect(refused(broken, 'operator', setup)).toContain('could not be evaluated (broken)')
  })
})

describe('another account than that of the deployment', () => {
  const request = (cluster: string, awsAccountId: string): AuthorizationRequest => ({
    action: 'use-account',
    resource: { type: 'Cluster', cluster },
    awsAccountId,
  })
  const may = (own: Access, role: RoleName, cluster = 'own', account = '222233334444') =>
    own.decide(sessionOf(role), request(cluster, account)).allowed

  test('is used only by administrators', () => {
    const own = exampleAccess()
    expect(roleNames.filter((role) => may(own, role))).toEqual(['administrator'])
  })

  test('is used by callers and for clusters that the policies of the settings permit', () => {
    const policies = {
      'data-team':
        'permit (principal in Role::"operator", action == Action::"use-account", resource) when { resource in principal.clusters && context.awsAccountId == "222233334444" };',
      'no-payments':
        'forbid (principal, action == Action::"use-account", resource) when { context.awsAccountId == "444455556666" && !(resource.name like "pay-*") };',
    }
    expect(policyMistakes(policies)).toEqual([])
    const own = exampleAccess({ policies })
    expect(roleNames.filter((role) => may(own, role))).toEqual(['operator', 'administrator'])
    expect([may(own, 'operator', 'other'), may(own, 'operator', 'own', '333344445555')]).toEqual([false, false])
    expect(['own', 'pay-eu'].map((cluster) => may(own, 'administrator', cluster, '444455556666'))).toEqual([
      false,
      true,
    ])
  })
})
