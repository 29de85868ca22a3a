import { expect, test } from 'vitest'
import { policySizeMistakes } from '../../../infra/permissions/policy-size.ts'
import { defaultWorkloadActions } from '../../../infra/settings/workload-actions.ts'
import { keysIn } from '../../support/aws/kms-keys.ts'
import { exampleApp, exampleStack, portalProps } from '../../support/aws/stack.ts'

const network = { subnetIds: ['subnet-0a1b2c3d'], securityGroupIds: ['sg-0a1b2c3d'] }
const role = (index: number) =>
  `arn:aws-us-gov:iam::123456789012:role/a-path-of-a-team/a-role-with-a-long-name-${index}`

const tooMany = Array.from({ length: 200 }, (_, index) => `arn:aws:iam::aws:policy/a-policy-of-teams-${index}`)

test('a boundary that allows every action fits the limit of IAM with every deny and an assumable role, in any account', () => {
  const largest = {
    ...portalProps(),
    workloadActions: [...defaultWorkloadActions, '*'],
    assumableRoleArns: [role(0)],
    network,
    env: {},
    issuerHost: {},
  }
  expect(policySizeMistakes(exampleStack(undefined, largest))).toEqual([])
})

test('a boundary with the default actions and some more fits with every domain and an assumable role', () => {
  const more = ['ec2:Describe*', 'iam:GetRole', 'ssm:SendCommand', 'eks:Describe*', 'states:ListExecutions', 'kms:*']
  const { certificateArn } = portalProps().portal
  const settings = {
    ...portalProps(),
    workloadActions: [...defaultWorkloadActions, ...more],
    assumableRoleArns: [role(0)],
    api: { domain: 'api.workload-identity.example.com', certificateArn },
    issuerHost: { domain: 'oidc.workload-identity.example.com', certificateArn },
  }
  expect(policySizeMistakes(exampleStack(undefined, settings))).toEqual([])
})

test('a boundary above the limit of IAM fails the synthesis, and the error names the setting to shorten', () => {
  const app = exampleApp()
  exampleStack(app, { assumableRoleArns: Array.from({ length: 60 }, (_, index) => role(index)) })
  expect(() => app.synth()).toThrow(
    /the permissions boundary would have up to \d+ characters, and IAM takes 6144: shorten the setting workloadActions/,
  )
})

test('the error for policies of a function above the limit of IAM names their role and the setting to shorten', () => {
  const [mistake, ...others] = policySizeMistakes(exampleStack(undefined, { allowedPolicyArns: tooMany }))
  expect(mistake).toMatch(
    /^the policies of CreateRoleRole\w+ would have up to \d+ characters, and IAM takes 10240: shorten the setting allowedPolicyArns/,
  )
  expect(others).toEqual([])
})

test('the size includes the rights on KMS keys', () => {
  const [without = 0, withKeys = 0] = [{}, keysIn()].map((kmsKeys) => {
    const [mistake] = policySizeMistakes(exampleStack(undefined, { allowedPolicyArns: tooMany, kmsKeys }))
    return Number(/up to (\d+)/.exec(mistake ?? '')?.[1])
  })
  // Two statements of CreateRole, each with the ARN of a key.
  expect(withKeys - without).toBeGreaterThan(2 * keysIn().table.length)
})
