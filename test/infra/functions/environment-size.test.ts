import { expect, test } from 'vitest'
import { environmentSizeMistakes } from '../../../infra/functions/environment-size.ts'
import { policySizeMistakes } from '../../../infra/permissions/policy-size.ts'
import { exampleApp, exampleStack, portalProps } from '../../support/aws/stack.ts'

const network = { subnetIds: ['subnet-0a1b2c3d'], securityGroupIds: ['sg-0a1b2c3d'] }

test('the variables of all functions fit the limit of Lambda with a portal, an issuer host and a network', () => {
  expect(environmentSizeMistakes(exampleStack(undefined, { ...portalProps(), issuerHost: {}, network }))).toEqual([])
})

test('variables above the limit of Lambda fail the synthesis, and the error names the function and the settings to shorten', () => {
  const allowedPolicyArns = Array.from(
    { length: 60 },
    (_, index) => `arn:aws:iam::aws:policy/a-policy-of-teams-${index}`,
  )
  const app = exampleApp()
  const stack = exampleStack(app, { allowedPolicyArns })
  expect(policySizeMistakes(stack)).toEqual([])
  expect(() => app.synth()).toThrow(
    /the variables of ApiStart\w+ would have up to \d+ bytes, and Lambda takes 4096: shorten the settings access, accounts, allowedPolicyArns/,
  )
})
