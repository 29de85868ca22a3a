import { Template } from 'aws-cdk-lib/assertions'
import { expect, it } from 'vitest'
import type { Operation } from '../../client/api.ts'
import { checkedSettings } from '../../infra/settings/settings.ts'
import { exampleStack } from '../support/aws/stack.ts'
import { costOf } from './cost.ts'
import { settingsFor } from './deploy.ts'
import { differencesOf, observationsOf } from './differences.ts'
import { inSandbox } from './in-sandbox.ts'
import { environmentOf, newName, ownName } from './target.ts'

const operation: Operation = {
  operationId: 'o-1',
  kind: 'teardown',
  status: 'succeeded',
  requestedBy: 'arn:aws:iam::111122223333:user/somebody',
  createdAt: '2026-11-30T09:00:00Z',
  request: {},
  clusterEvents: [],
  steps: [
    {
      state: 'RemoveWebhook',
      attempts: 3,
      startedAt: '2026-11-30T09:00:00Z',
      status: 'succeeded',
      changes: [
        { object: 'Service a/b', action: 'deleted' },
        { object: 'Secret a/b', action: 'deleted' },
        { object: 'Namespace a', action: 'unchanged' },
      ],
    },
    { state: 'DeleteRole', attempts: 1, startedAt: '2026-11-30T09:00:00Z', status: 'failed', changes: [] },
  ],
  result: { remaining: [{ name: 'AccessDenied', object: 'role', reason: 'r', action: 'a' }], abandoned: [] },
}

it('observations do not have values that differ between any two accounts', () => {
  const observed = { outputs: { ApiUrl: 'https://api' }, resources: [], operations: [operation] }
  expect(observationsOf(observed)).toEqual({
    'outputs of the stack': 'ApiUrl',
    'resources of the stack that are not CREATE_COMPLETE': 'none',
    'teardown: steps': 'DeleteRole failed, RemoveWebhook',
    'teardown: changes': '2 deleted',
    'teardown: remains': 'AccessDenied',
  })
})

it('a difference names both values, here and in the sandbox', () => {
  expect(
    differencesOf(
      { 'setup: steps': 'A', same: '1' },
      { 'setup: steps': 'A, B', same: '1', 'teardown: remains': 'none' },
    ),
  ).toEqual(['setup: steps: A here, A, B in the sandbox', 'teardown: remains: not observed here, none in the sandbox'])
})

it('the expected outputs are those of the template', () => {
  const given = settingsFor({ name: newName(), caller: { role: 'Admin' } })
  const settings = checkedSettings(given, { file: 'settings.yaml', region: 'eu-west-1' })
  const stack = exampleStack(undefined, settings)
  const outputs = Object.keys(Template.fromStack(stack).findOutputs('*'))
  expect(inSandbox['outputs of the stack']).toBe(outputs.toSorted().join(', '))
})

it('an hour costs less than the month that AWS charges at most', () => {
  const { usd, atMost } = costOf(1)
  expect(usd).toBeGreaterThan(0)
  expect(usd).toBeLessThan(0.1)
  expect(atMost).toBeGreaterThan(usd)
  expect(atMost).toBeLessThan(20)
})

it('the settings are valid, and have an issuer host but no schedules', () => {
  const name = newName()
  expect(ownName.safeParse(name).success).toBe(true)
  const given = settingsFor({ name, caller: { role: 'Admin' } })
  const settings = checkedSettings(given, { file: 'settings.yaml', region: 'eu-west-1' })
  expect(settings).toMatchObject({ name, issuerHost: {}, rotationSchedule: 'off', driftSchedule: 'off' })
})

it('only the profile, the region and the endpoint determine the AWS account', () => {
  const own = {
    PATH: '/bin',
    AWS_ACCESS_KEY_ID: 'AKIA',
    AWS_PROFILE: 'other',
    WID_API: 'https://other',
    AWS_CONFIG_FILE: '/c',
  }
  expect(environmentOf({ profile: 'mine', region: 'eu-west-1' }, own)).toEqual({
    PATH: '/bin',
    AWS_CONFIG_FILE: '/c',
    AWS_PROFILE: 'mine',
    AWS_REGION: 'eu-west-1',
  })
})
