import { expect, test } from 'vitest'
import { connectedLines } from '../../../cli/connect/connected-lines.ts'
import { said } from '../support/lines.ts'

const now = new Date('2026-11-27T12:00:00Z')
const secretArn = 'arn:aws:secretsmanager:eu-west-1:000000000000:secret:workload-identity/prod/user-cluster-A1b2C3'
const connected = {
  cluster: 'prod',
  server: 'https://prod.example',
  account: 'workload-identity-setup/workload-identity',
  expiresAt: new Date('2026-11-28T12:00:00Z'),
  secretArn,
}

test('shows when the token ends, and no task if the request names the secret', () => {
  expect(said(connectedLines(connected, { named: secretArn, seconds: 86_400, wantsRenewal: false, now }))).toEqual([
    'prod is connected: its server accepts the token',
    '  server    https://prod.example',
    '  account   workload-identity-setup/workload-identity',
    '  token     until 2026-11-28T12:00:00.000Z: run this command again before then',
    `  secret    ${secretArn}`,
  ])
})

test('says that the cluster does not issue tokens of the requested duration', () => {
  const lines = said(connectedLines(connected, { named: secretArn, seconds: 90 * 86_400, wantsRenewal: false, now }))
  expect(lines.join('\n')).toContain('(the cluster has shortened the lifetime)')
})

test('says that rotations renew the token, if they do', () => {
  const lines = said(connectedLines(connected, { named: secretArn, seconds: 86_400, wantsRenewal: true, now }))
  expect(lines).toContain('  token     until 2026-11-28T12:00:00.000Z: rotations renew it before then')
})

test('says what to add to the request', () => {
  for (const named of [undefined, 'arn:aws:secretsmanager:eu-west-1:000000000000:secret:other']) {
    expect(said(connectedLines(connected, { named, seconds: 86_400, wantsRenewal: false, now })).at(-1)).toBe(
      '  to do     put the ARN of the secret into the request, as credentialsSecretArn',
    )
  }
})
