import { Match, Template } from 'aws-cdk-lib/assertions'
import { expect, test } from 'vitest'
import { accessSettings } from '../../../lambdas/access/configuration.ts'
import { rightsIn } from '../../support/aws/rights-in.ts'
import { exampleStack } from '../../support/aws/stack.ts'

const clusters = ['*']
const access = accessSettings.parse({
  grants: [
    { name: 'platform', role: 'administrator', to: [{ iam: { role: 'Platform' } }, { iam: { user: 'ada' } }] },
    { name: 'operators', role: 'operator', clusters, to: [{ iam: { role: 'Platform', id: 'AROAPLATFORM0000' } }] },
    { name: 'staff', role: 'viewer', clusters, to: [{ jwt: { issuer: 'staff', claims: { groups: 'all' } } }] },
  ],
  issuers: { staff: { issuer: 'https://login.example.com', audience: ['wid'] } },
})
const template = Template.fromStack(exampleStack(undefined, { access }))
const found = Object.entries(template.findResources('Custom::GrantedCaller'))

test('the stack finds each role and user of the grants once, and passes the ID of the settings', () => {
  expect(found.map(([, { Properties }]) => [Properties.Caller, Properties.Id])).toEqual([
    ['role/Platform', 'AROAPLATFORM0000'],
    ['user/ada', undefined],
  ])
})

test('the functions of the API get the unique IDs in the order of the grants', () => {
  const ids = found.map(([id]) => ({ 'Fn::GetAtt': [id, 'Id'] }))
  template.hasResourceProperties('AWS::Lambda::Function', {
    Environment: { Variables: { CALLER_IDS: { 'Fn::Join': ['', [ids[0], ',', ids[1]]] } } },
    Description: Match.absent(),
  })
})

test('the function that finds them may only read these roles and users', () => {
  const rights = [...rightsIn(template)].find(([name]) => name.startsWith('GrantedCallers'))?.[1] ?? []
  const reading = rights.filter(({ Action }) => Action.some((action) => action.startsWith('iam:')))
  const resources = JSON.stringify(reading.map(({ Action, Resource }) => [Action, Resource]))
  expect(reading.flatMap(({ Action }) => Action)).toEqual(['iam:GetRole', 'iam:GetUser'])
  for (const name of ['role/Platform', 'role/*/Platform', 'user/ada', 'user/*/ada']) expect(resources).toContain(name)
  expect(resources.match(/:iam::/g)).toHaveLength(4)
})
