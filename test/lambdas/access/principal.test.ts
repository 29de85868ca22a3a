import { describe, expect, test } from 'vitest'
import { iamPrincipal, jwtPrincipal, ownerOf } from '../../../lambdas/access/principal.ts'
import { tokenWith } from '../../support/network/tokens.ts'

describe('an IAM caller', () => {
  test('with a role is the role, whatever the name of the session', () => {
    const role = { kind: 'iam', id: 'AROAEXAMPLE', account: '000000000000', role: 'Developer' }
    for (const session of ['ada', 'admin', 'ada@example.com']) {
      expect(
        iamPrincipal(`arn:aws:sts::000000000000:assumed-role/Developer/${session}`, `AROAEXAMPLE:${session}`),
      ).toEqual({
        ...role,
        name: 'arn:aws:iam::000000000000:role/Developer',
      })
    }
  })

  test('with a user is the user, without its path', () => {
    const arn = 'arn:aws:iam::000000000000:user/teams/ada'
    expect(iamPrincipal(arn, 'AIDAEXAMPLE')).toStrictEqual({
      kind: 'iam',
      id: 'AIDAEXAMPLE',
      name: arn,
      account: '000000000000',
      user: 'ada',
    })
  })

  test.each([
    'arn:aws:iam::000000000000:root',
    'arn:aws:sts::000000000000:federated-user/Administrator',
    'arn:aws:sts::000000000000:assumed-role/Administrator',
    'arn:aws:sts::000000000000:assumed-role/Developer/x/Administrator/y',
    'Administrator',
    '',
  ])('%j has neither a role nor a user name', (arn) => {
    expect(iamPrincipal(arn, '000000000000')).toStrictEqual({ kind: 'iam', id: '000000000000', name: arn, account: '' })
  })
})

test('the owner of an operation is the caller that requested it, in any session', () => {
  expect(ownerOf('arn:aws:sts::000000000000:assumed-role/Developer/yesterday')).toBe(
    iamPrincipal('arn:aws:sts::000000000000:assumed-role/Developer/today', 'AROAEXAMPLE:today').name,
  )
  expect(ownerOf('https://login.example.com#ada')).toBe('https://login.example.com#ada')
})

describe('the caller with a token', () => {
  const claims = { iss: 'https://login.example.com', sub: 'ada', exp: 1_800_000_000, iat: 1_700_000_000 }
  /** API Gateway passes numbers and lists as texts. */
  const verified = { ...claims, exp: '1800000000', iat: '1700000000', groups: '[Team Payments admin]' }

  test('has the groups of the token, including their spaces', () => {
    const token = tokenWith({
      ...claims,
      groups: ['Team Payments', 'admin of nothing'],
      level: 3,
      email: 'a@example.com',
    })
    expect(jwtPrincipal(`Bearer ${token}`, verified)).toEqual({
      kind: 'jwt',
      name: 'https://login.example.com#ada',
      issuer: 'https://login.example.com',
      claims: {
        iss: [claims.iss],
        sub: ['ada'],
        groups: ['Team Payments', 'admin of nothing'],
        email: ['a@example.com'],
      },
    })
  })

  test('is the same with and without the word Bearer', () => {
    const token = tokenWith(claims)
    expect(jwtPrincipal(token, verified)).toEqual(jwtPrincipal(`bearer ${token}`, verified))
  })

  test.each([
    ['another subject', { ...claims, sub: 'bob' }],
    ['another issuer', { ...claims, iss: 'https://other.example.com' }],
    ['another time of issue', { ...claims, iat: 1_700_000_001 }],
    ['another expiry', { ...claims, exp: 1_900_000_000 }],
    ['an ID that the verified one does not have', { ...claims, jti: '1' }],
    ['no subject', { iss: claims.iss }],
    ['a list as subject', { ...claims, sub: ['ada'] }],
  ])('is unknown when the token has %s', (_, other) => {
    expect(jwtPrincipal(`Bearer ${tokenWith(other)}`, verified)).toBeUndefined()
  })

  // Missing claims on both sides must not count as equal.
  test.each([
    ['neither issuer nor subject', {}],
    ['no subject', { iss: claims.iss }],
    ['no issuer', { sub: 'ada' }],
    ['an empty subject', { iss: claims.iss, sub: '' }],
    ['numbers for both', { iss: 1, sub: 2 }],
    ['nothing for the issuer', { iss: null, sub: 'ada' }],
  ])('is unknown when both the token and the verified claims have %s', (_, both) => {
    expect(jwtPrincipal(`Bearer ${tokenWith(both)}`, both)).toBeUndefined()
  })

  test.each([
    ['two tokens', `Bearer ${tokenWith(claims)},Bearer ${tokenWith({ ...claims, groups: ['admin'] })}`],
    ['no token', undefined],
    ['a signature', 'AWS4-HMAC-SHA256 Credential=x'],
    ['a token that is not JSON', 'Bearer YQ.YQ.YQ'],
    ['a token that is null', `Bearer YQ.${Buffer.from('null').toString('base64url')}.YQ`],
    ['a token that is no object', 'Bearer YQ.MQ.YQ'],
  ])('is unknown when the header has %s', (_, header) => {
    expect(jwtPrincipal(header, verified)).toBeUndefined()
  })
})
