import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PolicyDocument } from '../../../lambdas/clouds/aws/policy-document.ts'
import type { RolePolicies } from '../../../lambdas/clouds/aws/role-policies.ts'
import type { RoleSettings, RoleState } from '../../../lambdas/clouds/aws/roles.ts'
import type { RoleRecord } from '../../../lambdas/operations/record/record.ts'
import { tagKeys } from '../../../lambdas/ownership/labels.ts'
import { tagsFor } from '../../../lambdas/ownership/ownership.ts'
import {
  changedBefore,
  changesPolicies,
  describeRoleChanges,
  earlierRole,
  policiesRequestedBefore,
  policyChanges,
  requirePath,
  roleAdditions,
  roleDescription,
  roleDifferences,
  roleRecords,
  rolesOf,
  settingChanges,
} from '../../../lambdas/role/role.ts'

const arn = 'arn:aws:iam::123456789012:role/workload-identity/a'
const policyArn = fc.constantFrom('p1', 'p2', 'p3', 'p4', 'p5')
const arns = fc.uniqueArray(policyArn)
const inline = fc.option(fc.constantFrom({ Statement: [] }, { Statement: [{ Effect: 'Allow' }] }), { nil: undefined })

const boundary = 'arn:aws:iam::123456789012:policy/boundary'
const settings: RoleSettings = {
  tags: tagsFor(
    {
      deployment: '123456789012/eu-central-1/workload-identity',
      cluster: 'prod',
      workload: { namespace: 'default', serviceAccount: 'a' },
    },
    false,
  ),
  permissionsBoundaryArn: boundary,
  trustPolicy: { Version: '2012-10-17', Statement: [{ Effect: 'Allow' }] },
  session: { description: 'a', maxSessionSeconds: 3600 },
}
const asWanted: RoleState = {
  path: '/workload-identity/',
  tags: { ...settings.tags, team: 'x' },
  trustPolicy: { Statement: { Effect: 'Allow' }, Version: '2012-10-17' },
  description: 'a',
  maxSessionSeconds: 3600,
  permissionsBoundaryArn: settings.permissionsBoundaryArn,
}

describe('policies of a role', () => {
  it('are as requested after the changes, keep those of others, and need no further change', () => {
    fc.assert(
      fc.property(arns, arns, arns, inline, (attached, desired, before, inlinePolicy) => {
        const observed: RolePolicies = { policyArns: attached, inlinePolicyNames: ['workload-identity', 'others'] }
        const changes = policyChanges(observed, { policyArns: desired, inlinePolicy }, before)
        const after: RolePolicies = {
          policyArns: [...attached.filter((one) => !changes.detach.includes(one)), ...changes.attach],
          inlinePolicyNames: changes.inline === 'delete' ? ['others'] : ['workload-identity', 'others'],
          ...(inlinePolicy && { inlinePolicy }),
        }
        const differences = roleDifferences({ itself: asWanted, policies: observed }, {}, changes, {
          policyArns: desired,
          inlinePolicy,
        })
        expect(differences.length > 0).toBe(changesPolicies(changes))
        const others = attached.filter((one) => !before.includes(one))
        expect(new Set(after.policyArns)).toEqual(new Set([...desired, ...others]))
        expect(changes.foreignInline).toEqual(['others'])
        expect(changesPolicies(policyChanges(after, { policyArns: desired, inlinePolicy }, desired))).toBe(false)
      }),
    )
  })

  it('are recognised as ours after a crash at any point', () => {
    fc.assert(
      fc.property(arns, arns, arns, fc.nat(5), (desired, next, before, done) => {
        const record = { roleName: 'a', roleArn: arn, policyArns: before }
        const requested = { name: 'a', policyArns: desired, maxSessionSeconds: 3600 }
        const first = roleRecords({ name: 'a', arn }, requested, record)
        const attached = [...before, ...desired.slice(0, done)]
        const observed = { policyArns: attached, inlinePolicyNames: [] }
        // The crash has left the first record, and the next request has other policies.
        const changes = policyChanges(observed, { policyArns: next }, policiesRequestedBefore(first.during, arn))
        expect(changes.foreign).toEqual([])
        expect(first.after.policyArns).toEqual(desired)
      }),
    )
  })

  it('are detached first only when ten are attached', () => {
    const ten = Array.from({ length: 10 }, (_, i) => `q${i}`)
    const full = { policyArns: ten, inlinePolicyNames: [] }
    expect(policyChanges(full, { policyArns: ['p1'] }, ten).detachFirst).toBe(true)
    expect(policyChanges({ ...full, policyArns: ten.slice(1) }, { policyArns: ['p1'] }, ten).detachFirst).toBe(false)
  })

  const ours = { Statement: [{ Effect: 'Allow' }] }
  const withInline = { policyArns: [], inlinePolicyNames: ['workload-identity'], inlinePolicy: ours }

  it.each<[string, RolePolicies, PolicyDocument | undefined, 'put' | 'delete' | undefined]>([
    ['keeps an inline policy that exists as requested', withInline, ours, undefined],
    ['writes an inline policy that differs', withInline, { Statement: [] }, 'put'],
    ['writes an inline policy that does not exist', { ...withInline, inlinePolicyNames: [] }, { a: 1 }, 'put'],
    ['deletes an inline policy that is not requested', withInline, undefined, 'delete'],
    ['keeps an inline policy of others', { ...withInline, inlinePolicyNames: ['others'] }, undefined, undefined],
  ])('%s', (_, observed, inlinePolicy, expected) => {
    const changes = policyChanges(observed, { policyArns: [], inlinePolicy }, [])
    expect(changes).toStrictEqual({
      attach: [],
      detach: [],
      detachFirst: false,
      foreign: [],
      ...(expected && { inline: expected }),
      foreignInline: observed.inlinePolicyNames.filter((name) => name === 'others'),
    })
    expect(changesPolicies(changes)).toBe(expected !== undefined)
  })

  it.each([
    ['attached', { policyArns: [], inlinePolicyNames: [] }, ['p1']],
    ['detached', { policyArns: ['p2'], inlinePolicyNames: [] }, []],
  ])('need a change when one is only %s', (_, observed, policyArns) => {
    expect(changesPolicies(policyChanges(observed, { policyArns }, ['p2']))).toBe(true)
  })

  it('have a difference for each field, and separate additions for those of others', () => {
    const policies = { ...withInline, policyArns: ['p1', 'p2'], inlinePolicyNames: ['workload-identity', 'others'] }
    const desired = { policyArns: ['p3'], inlinePolicy: { Statement: [] } }
    const changes = policyChanges(policies, desired, ['p1'])
    expect(roleDifferences({ itself: asWanted, policies }, {}, changes, desired)).toEqual([
      { field: 'policyArns', desired: 'p3' },
      { field: 'policyArns', observed: 'p1' },
      { field: 'inlinePolicy', desired: { Statement: [] }, observed: ours },
    ])
    expect(roleAdditions(changes)).toEqual([
      { field: 'policyArns', observed: 'p2' },
      { field: 'inlinePolicyNames', observed: 'others' },
    ])
  })

  it('of a former role are not those of this role, and the former role is named', () => {
    const record = { roleName: 'old', roleArn: `${arn}-old`, policyArns: ['p1'] }
    expect(policiesRequestedBefore(record, arn)).toEqual([])
    expect(earlierRole(record, arn)).toBe(`${arn}-old`)
    expect(earlierRole({ ...record, roleArn: arn }, arn)).toBeUndefined()
    expect(earlierRole(undefined, arn)).toBeUndefined()
  })
})

describe('roles that a workload had under other names', () => {
  const arnOf = (name: string) => `arn:aws:iam::123456789012:role/workload-identity/${name}`
  const request = (name: string, policy: string) => ({ name, policyArns: [policy], maxSessionSeconds: 3600 })
  const next = (before: RoleRecord | undefined, name: string, policy: string) =>
    roleRecords({ name, arn: arnOf(name) }, request(name, policy), before)
  const [first, second] = ['first', 'second'].map((name, index) => ({
    roleName: name,
    roleArn: arnOf(name),
    policyArns: [`p${index + 1}`],
  }))
  const renamed = next(next(undefined, 'first', 'p1').after, 'second', 'p2')

  it('are recorded with their policies from before the creation of the new role', () => {
    for (const { formerRoles } of [renamed.during, renamed.after]) expect(formerRoles).toEqual([first])
    expect(next(renamed.after, 'third', 'p3').after.formerRoles).toEqual([first, second])
    expect(next(renamed.after, 'second', 'p2').after).toEqual(renamed.after)
    expect(rolesOf(renamed.after).map(({ roleName }) => roleName)).toEqual(['second', 'first'])
  })

  it('are no longer former roles when the workload gets them back, and their policies are still recorded as ours', () => {
    const restored = next(renamed.after, 'first', 'p3')
    expect(restored.during).toMatchObject({ roleName: 'first', policyArns: ['p1', 'p3'], formerRoles: [second] })
    expect(restored.after).toMatchObject({ roleName: 'first', policyArns: ['p3'], formerRoles: [second] })
  })
})

describe('the record of a role', () => {
  const role = { name: 'a', arn }
  const requested = { name: 'a', policyArns: ['p2'], maxSessionSeconds: 3600 }
  const withInline = { ...requested, inlinePolicy: { Statement: [] } }

  it('of a first request has only its role and policies', () => {
    expect(roleRecords(role, requested, undefined)).toStrictEqual({
      during: { roleName: 'a', roleArn: arn, policyArns: ['p2'] },
      after: { roleName: 'a', roleArn: arn, policyArns: ['p2'], applied: requested },
    })
  })

  it('has the inline policy, the time of the change, and the applied role until the next one is applied', () => {
    const before = { roleName: 'a', roleArn: arn, policyArns: ['p1'], applied: requested }
    const named = { roleName: 'a', roleArn: arn, inlinePolicyName: 'workload-identity', changedAt: '2026-01-01' }
    expect(roleRecords(role, withInline, before, '2026-01-01')).toStrictEqual({
      during: { ...named, policyArns: ['p1', 'p2'], applied: requested },
      after: { ...named, policyArns: ['p2'], applied: withInline },
    })
  })

  it('has only the fields of a former role that a teardown needs', () => {
    const before = {
      roleName: 'b',
      roleArn: `${arn}-b`,
      policyArns: ['p1'],
      changedAt: '2026-01-01',
      applied: requested,
    }
    const needed = { roleName: 'b', roleArn: `${arn}-b`, policyArns: ['p1'] }
    expect(roleRecords(role, requested, before).after.formerRoles).toStrictEqual([needed])
    const formerRoles = roleRecords(role, requested, { ...before, inlinePolicyName: 'x' }).after.formerRoles
    expect(formerRoles).toStrictEqual([{ ...needed, inlinePolicyName: 'x' }])
  })

  it('has the time of the last change of this role', () => {
    const record = { roleName: 'a', roleArn: arn, policyArns: [], changedAt: '2026-01-01' }
    expect(changedBefore(record, arn)).toBe('2026-01-01')
    expect(changedBefore(record, `${arn}-b`)).toBeUndefined()
    expect(changedBefore(undefined, arn)).toBeUndefined()
  })
})

describe('settings of a role', () => {
  it('are not changed when they are equivalent', () => {
    expect(settingChanges(asWanted, settings)).toEqual({})
  })

  it.each<[string, Partial<RoleState>, Partial<RoleSettings>, object]>([
    [
      'a tag',
      { tags: { ...settings.tags, [tagKeys.cluster]: 'x' } },
      { tags: settings.tags },
      { field: `tags.${tagKeys.cluster}`, desired: 'prod', observed: 'x' },
    ],
    [
      'the boundary',
      { permissionsBoundaryArn: 'b' },
      { permissionsBoundaryArn: boundary },
      { field: 'permissionsBoundaryArn', desired: boundary, observed: 'b' },
    ],
    [
      'the trust policy',
      { trustPolicy: {} },
      { trustPolicy: settings.trustPolicy },
      { field: 'trustPolicy', desired: settings.trustPolicy, observed: {} },
    ],
    [
      'the session length',
      { maxSessionSeconds: 7200 },
      { session: settings.session },
      { field: 'maxSessionSeconds', desired: 3600, observed: 7200 },
    ],
    [
      'the description',
      { description: 'b' },
      { session: settings.session },
      { field: 'description', desired: 'a', observed: 'b' },
    ],
  ])('are restored and reported one by one: %s', (_, other, changes, reported) => {
    const itself = { ...asWanted, ...other }
    expect(settingChanges(itself, settings)).toEqual(changes)
    const observed = { itself, policies: { policyArns: [], inlinePolicyNames: [] } }
    const none = policyChanges(observed.policies, { policyArns: [] }, [])
    expect(roleDifferences(observed, changes, none, { policyArns: [] })).toEqual([reported])
  })

  it('are not changed on a role under another path, which is not shown, because it may name another cluster', () => {
    const path = '/workload-identity/secret-project/'
    const check = (desired: string) => requirePath(arn, { ...asWanted, path }, desired)
    expect(() => check('/workload-identity/prod/')).toThrow(/under another path(?!.*secret-project)/)
    expect(() => check(path)).not.toThrow()
  })

  it('have a description with the service account and the cluster', () => {
    const workload = { namespace: 'default', serviceAccount: 'a' }
    expect(roleDescription({ deployment: 'd', cluster: 'prod', workload })).toBe(
      'Kubernetes service account default/a of cluster prod',
    )
  })

  it('have no text of changes without a change', () => {
    const none = policyChanges({ policyArns: [], inlinePolicyNames: [] }, { policyArns: [] }, [])
    expect(describeRoleChanges({}, none, undefined)).toBe('')
    expect(describeRoleChanges({}, { ...none, attach: ['p1', 'p2'] }, undefined)).toBe('attached p1, p2')
  })

  it('have a text of changes with the policies of others and the former role', () => {
    const policies = policyChanges({ policyArns: ['p1', 'p2'], inlinePolicyNames: ['x'] }, { policyArns: ['p3'] }, [
      'p1',
    ])
    expect(describeRoleChanges({ tags: {} }, policies, 'old')).toBe(
      'tags set; attached p3; detached p1; attached by others and left: p2; inline policies of others, left: x; the former role of the workload stays until a teardown: old',
    )
  })
})
