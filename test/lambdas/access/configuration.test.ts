import { describe, expect, test } from 'vitest'
import { type AccessSettings, accessRules, accessSettings, rulesOf } from '../../../lambdas/access/configuration.ts'
import { exampleRules } from '../../support/api/access.ts'

const administrator = { name: 'admins', role: 'administrator', to: [{ iam: { role: 'Administrator' } }] }
const staff = { issuer: 'https://login.example.com', audience: ['api'] }
const ofStaff = (claims: object) => ({ ...administrator, name: 'staff', to: [{ jwt: { issuer: 'staff', claims } }] })

/** The paths and the messages of the mistakes. */
function mistakesIn(settings: object): string {
  const { error } = accessSettings.safeParse(settings)
  return (error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n')
}

describe('the setting access', () => {
  test('needs only an administrator, and stores the audit log for a year by default', () => {
    const { data } = accessSettings.safeParse({ grants: [administrator] })
    expect(data).toEqual({ grants: [administrator], issuers: {}, policies: {}, auditLogDays: 365 } satisfies Partial<
      Record<keyof AccessSettings, unknown>
    >)
  })

  test.each<[string, object, RegExp]>([
    ['without grants', {}, /^grants: /],
    ['without an administrator', { grants: [] }, /^grants: name no administrator/],
    [
      'with only viewers',
      { grants: [{ ...administrator, role: 'viewer', clusters: ['*'] }] },
      /^grants: name no administrator/,
    ],
    ['with an unknown role', { grants: [administrator, { ...administrator, role: 'root' }] }, /^grants\.1/],
    [
      'with a name twice',
      { grants: [administrator, administrator] },
      /^grants\.1\.name: is the name of an earlier grant/,
    ],
    ['with a grant without callers', { grants: [{ ...administrator, to: [] }] }, /^grants\.0\.to: is empty/],
    [
      'with a session',
      { grants: [{ ...administrator, to: [{ iam: { role: 'Administrator', session: 'ada' } }] }] },
      /^grants\.0\.to\.0/,
    ],
    [
      'with the ARN of a role',
      { grants: [{ ...administrator, to: [{ iam: { role: 'role/Admin' } }] }] },
      /^grants\.0\.to\.0/,
    ],
    [
      'with an operator without clusters',
      { grants: [administrator, { ...administrator, name: 'x', role: 'operator' }] },
      /^grants\.1\.clusters/,
    ],
    [
      'with a developer without policies',
      {
        grants: [administrator, { ...administrator, name: 'x', role: 'developer', clusters: ['*'], namespaces: ['*'] }],
      },
      /^grants\.1\.policyArns/,
    ],
    [
      'with an issuer that is not configured',
      { grants: [administrator, ofStaff({ sub: 'a' })] },
      /^grants\.1\.to\.0\.jwt\.issuer: is not a name in access\.issuers/,
    ],
    ['with all tokens of an issuer', { grants: [ofStaff({})], issuers: { staff } }, /at least one claim/],
    [
      'with a plain issuer',
      { grants: [administrator], issuers: { x: { ...staff, issuer: 'http://a.b' } } },
      /https URL/,
    ],
    [
      'with an issuer that has a fragment',
      { grants: [administrator], issuers: { x: { ...staff, issuer: 'https://a.b#c' } } },
      /without query and fragment/,
    ],
    [
      'with an issuer twice',
      { grants: [administrator], issuers: { a: staff, b: staff } },
      /^issuers: have one URL twice/,
    ],
    [
      'with an issuer at the path of IAM',
      { grants: [administrator], issuers: { v1: staff } },
      /^issuers\.v1: is the path of the IAM routes/,
    ],
    ['with a policy of a role', { grants: [administrator], policies: { 'viewer/reads': '' } }, /^policies/],
    [
      'with an unsupported retention of the log',
      { grants: [administrator], auditLogDays: 100 },
      /^auditLogDays: is not one of the retention periods/,
    ],
  ])('%s is refused', (_, settings, words) => {
    expect(mistakesIn(settings)).toMatch(words)
  })

  test('accepts one unique ID for each role, and refuses a second one', () => {
    const to = (name: string, id?: string) => ({
      ...administrator,
      name,
      to: [{ iam: { user: 'ci' } }, { iam: { role: 'Administrator', ...(id !== undefined && { id }) } }],
    })
    const first = 'AROA1111111111111111A'
    expect(mistakesIn({ grants: [to('a', first), to('b'), to('c', first)] })).toBe('')
    expect(mistakesIn({ grants: [to('a', first), to('b', 'AROA2222222222222222B')] })).toMatch(
      /^grants\.1\.to\.1\.iam\.id: differs from the unique ID/,
    )
  })

  test('accepts several issuers', () => {
    const guests = { ...staff, issuer: 'https://guests.example.com' }
    expect(accessSettings.safeParse({ grants: [administrator], issuers: { staff, guests } }).success).toBe(true)
  })
})

test('the functions of the API get only the rules', () => {
  const settings = accessSettings.parse({ grants: [administrator, ofStaff({ sub: 'ä b' })], issuers: { staff } })
  const rules = rulesOf(settings)
  expect(rules.issuers).toEqual({ staff: 'https://login.example.com' })
  for (const each of [rules, exampleRules]) expect(accessRules.parse(JSON.parse(JSON.stringify(each)))).toEqual(each)
})
