import { Template } from 'aws-cdk-lib/assertions'
import { expect, test } from 'vitest'
import { bootstrapParameter } from '../../../../cli/aws/bootstrap.ts'
import {
  bootstrapFinding,
  callerFinding,
  certificateFinding,
  certificatePlaceFinding,
  providersFinding,
  rolesFinding,
  serverCertificateFinding,
} from '../../../../cli/doctor/deployment/decide.ts'
import type { PlannedCertificate } from '../../../../cli/doctor/deployment/planned.ts'
import { exampleApp, exampleStack, portalProps } from '../../../support/aws/stack.ts'

const place = { region: 'eu-west-1', file: 'production.yaml' }

test('requires the bootstrap that the deployed stack requires', () => {
  const app = exampleApp()
  exampleStack(app)
  const { properties } = app.synth().getStackByName('WorkloadIdentity').manifest
  expect(properties).toMatchObject({
    requiresBootstrapStackVersion: 6,
    bootstrapStackVersionSsmParameter: bootstrapParameter,
  })
  expect(bootstrapFinding({ version: '6' }, place)).toEqual({ check: 'bootstrap', state: 'ok', found: 'version 6' })
  expect(bootstrapFinding({ version: '21' }, place).state).toBe('ok')
  for (const version of ['5', 'five']) {
    expect(bootstrapFinding({ version }, place)).toMatchObject({
      state: 'problem',
      found: `version ${version}, and a deployment needs 6 or newer`,
    })
  }
})

test('a region without a bootstrap is a problem with the command that makes one, and a denied read is unknown', () => {
  expect(bootstrapFinding('absent', place)).toMatchObject({
    state: 'problem',
    found: 'eu-west-1 has no parameter /cdk-bootstrap/hnb659fds/version',
    toDo: expect.stringContaining('"npx cdk bootstrap -c settings=production.yaml"'),
  })
  expect(bootstrapFinding('denied', place)).toMatchObject({
    state: 'unknown',
    toDo: expect.stringContaining('ssm:GetParameter'),
  })
})

test('the account must have room for all roles of the stack', () => {
  const stack = exampleStack(exampleApp(), { ...portalProps(), issuerHost: {}, removalPolicy: 'destroy' })
  const roles = Object.keys(Template.fromStack(stack).findResources('AWS::IAM::Role')).length
  expect(rolesFinding({ count: 0, quota: roles - 1 })).toMatchObject({ state: 'problem' })
  expect(rolesFinding({ count: 950, quota: 1000 })).toEqual({
    check: 'IAM roles',
    state: 'ok',
    found: '950 roles exist, and the account may have 1000',
  })
  expect(rolesFinding({ count: 951, quota: 1000 })).toMatchObject({
    state: 'problem',
    toDo: expect.stringContaining('L-FE177D64'),
  })
  expect(rolesFinding('denied')).toMatchObject({
    state: 'unknown',
    toDo: expect.stringContaining('iam:GetAccountSummary'),
  })
})

test.for([
  { count: 99, state: 'ok', found: '99 exist, and the account may have 100 or more' },
  { count: 100, state: 'unknown', found: '100 exist, and the quota of the account is not known' },
  { count: 'denied', state: 'unknown', found: 'the number of OIDC providers cannot be read' },
] as const)('$count OIDC providers are $state', ({ count, state, found }) => {
  expect(providersFinding(count)).toMatchObject({ check: 'OIDC providers', state, found })
})

const caller = { kind: 'role', name: 'Platform' } as const

test('a caller of a grant must exist, with the unique ID of the settings if they have one', () => {
  expect(callerFinding(caller, { id: 'AROA1' })).toEqual({ check: 'grant', state: 'ok', found: 'role Platform' })
  expect(callerFinding({ ...caller, id: 'AROA1' }, { id: 'AROA1' }).state).toBe('ok')
  expect(callerFinding({ ...caller, id: 'AROA2' }, { id: 'AROA1' })).toMatchObject({
    state: 'problem',
    found: 'the role Platform has the unique ID AROA1, and access.grants says AROA2',
  })
  expect(callerFinding({ kind: 'user', name: 'ada' }, 'absent')).toMatchObject({
    state: 'problem',
    found: 'the account has no user ada',
    toDo: 'The deployment fails without it. Create the user, or correct access.grants.',
  })
  expect(callerFinding(caller, 'denied').toDo).toContain('iam:GetRole')
  expect(callerFinding({ kind: 'user', name: 'ada' }, 'denied')).toMatchObject({
    state: 'unknown',
    toDo: expect.stringContaining('iam:GetUser'),
  })
})

const deployment = { region: 'eu-west-1', account: '111122223333' }

function certificate(setting: PlannedCertificate['setting'], where: string): PlannedCertificate {
  return { setting, domain: 'a.example.com', arn: `arn:aws:acm:${where}:certificate/1` }
}

test.for([
  { setting: 'api', where: 'eu-west-1:111122223333', needed: undefined },
  { setting: 'api', where: 'us-east-1:111122223333', needed: 'eu-west-1 of 111122223333' },
  { setting: 'issuerHost', where: 'us-east-1:111122223333', needed: undefined },
  { setting: 'issuerHost', where: 'eu-west-1:111122223333', needed: 'us-east-1 of 111122223333' },
  { setting: 'portal', where: 'us-east-1:111122223333', needed: undefined },
  { setting: 'portal', where: 'us-east-1:444455556666', needed: 'us-east-1 of 111122223333' },
] as const)('a certificate for $setting in $where must be in $needed', ({ setting, where, needed }) => {
  const finding = certificatePlaceFinding(certificate(setting, where), deployment)
  if (needed === undefined) return expect(finding).toBeUndefined()
  return expect(finding).toMatchObject({
    state: 'problem',
    found: expect.stringMatching(new RegExp(`must be in ${needed}$`)),
    toDo: expect.stringContaining(`${setting}.certificateArn`),
  })
})

const planned = certificate('api', 'eu-west-1:111122223333')

test.for([
  { names: ['a.example.com'], state: 'ok' },
  { names: ['example.com', 'A.Example.com'], state: 'ok' },
  { names: ['*.example.com'], state: 'ok' },
  { names: ['example.com', '*.a.example.com', '*.com', 'xa.example.com'], state: 'problem' },
])('an issued certificate for $names is $state for a.example.com', ({ names, state }) => {
  expect(certificateFinding(planned, { status: 'ISSUED', names })).toMatchObject({ check: 'certificate', state })
})

test('a certificate that waits for its validation has the command that shows the record', () => {
  const names = ['a.example.com']
  expect(certificateFinding(planned, { status: 'PENDING_VALIDATION', names })).toMatchObject({
    state: 'problem',
    found: 'the certificate of a.example.com has the status PENDING_VALIDATION',
    toDo: expect.stringContaining(`"aws acm describe-certificate --region eu-west-1 --certificate-arn ${planned.arn}"`),
  })
  expect(certificateFinding(planned, { status: 'EXPIRED', names })).toMatchObject({
    state: 'problem',
    toDo: 'Request or import a certificate that fits, and name it in api.certificateArn.',
  })
})

test('an absent certificate is a problem, and one that cannot be read is unknown', () => {
  expect(certificateFinding(planned, 'absent')).toMatchObject({
    state: 'problem',
    found: `there is no certificate ${planned.arn}`,
  })
  expect(certificateFinding(planned, 'denied')).toMatchObject({
    state: 'unknown',
    toDo: expect.stringContaining('acm:DescribeCertificate'),
  })
  expect(serverCertificateFinding('ASCA1')).toMatchObject({ state: 'unknown', found: expect.stringContaining('ASCA1') })
})
