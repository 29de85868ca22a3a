import { describe, expect, test } from 'vitest'
import type { GrantedCaller } from '../../../lambdas/access/configuration.ts'
import { holds, isReplaced } from '../../../lambdas/access/grants.ts'
import { type iamPrincipal, jwtPrincipal } from '../../../lambdas/access/principal.ts'
import { sessionOf } from '../../support/api/access.ts'
import { callerIdsFor, callerOf } from '../../support/aws/callers.ts'
import { tokenWith } from '../../support/network/tokens.ts'

const issuers = { staff: 'https://login.example.com', partners: 'https://partners.example.com' }
const everybody = ['admin', 'platform'].flatMap((name) => [{ iam: { role: name } }, { iam: { user: name } }])
const home = { accountId: '000000000000', issuers, callerIds: callerIdsFor([{ to: everybody }]) }

function isGranted(
  to: GrantedCaller,
  principal: ReturnType<typeof iamPrincipal> | ReturnType<typeof jwtPrincipal>,
): boolean {
  if (!principal) throw new Error('no principal')
  return holds({ name: 'grant', role: 'administrator', to: [to] }, principal, home)
}

test('a grant to several callers applies to each', () => {
  const to = ['admin', 'platform'].map((role) => ({ iam: { role } }))
  const held = (role: string) => holds({ name: 'grant', role: 'administrator', to }, sessionOf(role), home)
  expect(['admin', 'platform', 'developer'].map(held)).toEqual([true, true, false])
})

describe('a grant to an IAM role', () => {
  const to = { iam: { role: 'admin' } }

  test('applies to its sessions', () => {
    expect(isGranted(to, sessionOf('admin'))).toBe(true)
  })

  test('does not apply to a role of the same name that was created later', () => {
    const grants = [{ name: 'grant', role: 'administrator' as const, to: [to] }]
    const later = { ...sessionOf('admin'), id: 'AROALATER' }
    expect([isGranted(to, later), isReplaced(grants, later, home)]).toEqual([false, true])
    expect(isReplaced(grants, sessionOf('admin'), home)).toBe(false)
    expect(isReplaced(grants, sessionOf('developer'), home)).toBe(false)
    const others = { name: 'others', role: 'administrator' as const, to: [{ iam: { role: 'platform' } }] }
    expect(isReplaced([others, ...grants], later, home)).toBe(true)
    const bearer = jwtPrincipal(tokenWith({ iss: issuers.staff, sub: 'ada' }), { iss: issuers.staff, sub: 'ada' })
    expect(bearer && isReplaced(grants, bearer, home)).toBe(false)
  })

  test('applies to no caller when the ID of the role is unknown', () => {
    const unknown = { ...home, callerIds: new Map<string, string>() }
    const grant = { name: 'grant', role: 'administrator' as const, to: [to] }
    for (const id of ['', 'AROAADMIN']) expect(holds(grant, { ...sessionOf('admin'), id }, unknown)).toBe(false)
  })

  test('does not apply to a session with the name of the role', () => {
    expect(isGranted(to, sessionOf('developer', 'admin'))).toBe(false)
  })

  test('does not apply to a role of the same name in another account', () => {
    expect(isGranted(to, callerOf('arn:aws:sts::111122223333:assumed-role/admin/x'))).toBe(false)
  })

  test('does not apply to a user of the same name, and vice versa', () => {
    const user = callerOf('arn:aws:iam::000000000000:user/admin')
    expect(isGranted(to, user)).toBe(false)
    expect(isGranted({ iam: { user: 'admin' } }, user)).toBe(true)
    expect(isGranted({ iam: { user: 'admin' } }, sessionOf('admin'))).toBe(false)
  })
})

describe('a grant to the callers with a token', () => {
  const bearer = (claims: Record<string, unknown>) => {
    const { iss, sub } = { iss: issuers.staff, sub: 'ada', ...claims }
    return jwtPrincipal(tokenWith({ iss, sub, ...claims }), { iss, sub })
  }
  const to = (claims: Record<string, string>, issuer = 'staff') => ({ jwt: { issuer, claims } })

  test('applies to a group with a space in its name, and not to parts of the name', () => {
    const group = { groups: 'Team Payments' }
    expect(isGranted(to(group), bearer({ groups: ['x', 'Team Payments'] }))).toBe(true)
    expect(isGranted(to(group), bearer({ groups: 'Team Payments' }))).toBe(true)
    expect(isGranted(to({ groups: 'Team' }), bearer({ groups: ['Team Payments'] }))).toBe(false)
    expect(isGranted(to({ groups: 'Payments' }), bearer({ groups: ['Team Payments'] }))).toBe(false)
    expect(isGranted(to(group), bearer({ groups: ['Team', 'Payments'] }))).toBe(false)
    expect(isGranted(to(group), bearer({ groups: '[Team Payments]' }))).toBe(false)
  })

  test('applies to one issuer, also when another has the same subject', () => {
    const subject = { sub: 'ada' }
    const partner = bearer({ iss: issuers.partners })
    expect([isGranted(to(subject), bearer({})), isGranted(to(subject), partner)]).toEqual([true, false])
    expect([isGranted(to(subject, 'partners'), bearer({})), isGranted(to(subject, 'partners'), partner)]).toEqual([
      false,
      true,
    ])
    expect(bearer({})?.name).not.toBe(partner?.name)
  })

  test('needs all of its claims', () => {
    const both = to({ groups: 'a', tenant: 't' })
    expect(isGranted(both, bearer({ groups: ['a'], tenant: 't' }))).toBe(true)
    expect(isGranted(both, bearer({ groups: ['a'] }))).toBe(false)
    expect(isGranted(to({ toString: 'x' }), bearer({}))).toBe(false)
  })

  test('does not apply to an IAM caller, and vice versa', () => {
    expect(isGranted(to({ sub: 'ada' }), sessionOf('ada'))).toBe(false)
    expect(isGranted({ iam: { role: 'ada' } }, bearer({}))).toBe(false)
    expect(isGranted(to({ sub: 'ada' }, 'constructor'), bearer({}))).toBe(false)
  })
})
