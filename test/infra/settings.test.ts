import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readSettings } from '../../infra/settings.ts'

const { context } = JSON.parse(readFileSync('cdk.json', 'utf8'))
const settings = context['workload-identity']
const withAccess = (more: object) => ({ ...settings, access: { ...settings.access, ...more } })

function mistakesIn(given: unknown): string {
  try {
    readSettings(given)
    return ''
  } catch (error) {
    return String(error)
  }
}

test('the settings of cdk.json are right, and give nobody more than one role of the own account', () => {
  const { access, inlinePolicyActions } = readSettings(settings)
  expect(access.grants).toEqual([
    { name: 'administrators', role: 'administrator', to: [{ iam: { role: 'WorkloadIdentityAdministrator' } }] },
  ])
  expect([access.issuers, access.policies, inlinePolicyActions]).toEqual([{}, {}, []])
})

test('a deployment without grants is refused, with what to do', () => {
  const { access: _, ...without } = settings
  expect(mistakesIn(without)).toContain('workload-identity.access')
  expect(mistakesIn(withAccess({ grants: [] }))).toContain('workload-identity.access.grants: name no administrator')
})

test('a policy that the schema does not allow is refused by its name, in a line for each mistake', () => {
  const policies = {
    typo: 'forbid (principal, action == Action::"start-setups", resource);',
    half: 'forbid (principal',
    fine: 'forbid (principal, action == Action::"force", resource);',
  }
  const lines = mistakesIn(withAccess({ policies })).split('\n')
  expect(lines[0]).toBe('Error: Correct the settings in cdk.json:')
  expect(lines.slice(1).every((line) => line.startsWith('  workload-identity.access.policies: the policy '))).toBe(true)
  expect(lines.join('\n')).toMatch(/the policy typo: .*unrecognized action/)
  expect(lines.join('\n')).toContain('the policy half: failed to parse')
  expect(lines.join('\n')).not.toContain('the policy fine')
})

test('rules that do not fit into the variables of a function are refused', () => {
  const grants = Array.from({ length: 400 }, (_, index) => ({
    name: `grant-${index}`,
    role: 'administrator',
    to: [{ iam: { role: crypto.randomUUID() } }],
  }))
  expect(mistakesIn(withAccess({ grants }))).toMatch(
    /workload-identity\.access: has \d+ characters when it is compressed/,
  )
})

test('rules of fifty teams fit', () => {
  const teams = Array.from({ length: 50 }, (_, index) => ({
    name: `team-${index}`,
    role: 'developer',
    to: [{ jwt: { issuer: 'staff', claims: { groups: `Team ${index}` } } }],
    clusters: ['prod-eu', 'prod-us'],
    namespaces: [`team-${index}-*`],
    policyArns: [`arn:aws:iam::*:policy/team-${index}/*`],
  }))
  const issuers = { staff: { issuer: 'https://login.example.com', audience: ['api'] } }
  expect(mistakesIn(withAccess({ grants: [...settings.access.grants, ...teams], issuers }))).toBe('')
})

test.each(['*', 'arn:aws:iam::*:role/reports', 'reports'])('%s is no role that a workload may assume', (arn) => {
  expect(mistakesIn({ ...settings, assumableRoleArns: [arn] })).toContain('workload-identity.assumableRoleArns.0: ')
})

test.each(['cdk-hnb659fds-deploy-role-000000000000-eu-west-1', '*', 'c*'])(
  'the role %s is refused, because CDK deploys with it',
  (name) => {
    const arn = `arn:aws:iam::000000000000:role/${name}`
    expect(mistakesIn({ ...settings, assumableRoleArns: [arn] })).toContain('covers roles that CDK deploys with')
    expect(mistakesIn({ ...settings, assumableRoleArns: ['arn:aws:iam::000000000000:role/reports/*'] })).toBe('')
  },
)

test('a workload may do something', () => {
  expect(mistakesIn({ ...settings, workloadActions: [] })).toContain('workload-identity.workloadActions')
})
