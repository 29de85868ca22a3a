/** `wid doctor --deployment` as a program, before and after the steps that a deployment requires. */
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { CreateRoleCommand, CreateUserCommand } from '@aws-sdk/client-iam'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { stringify } from 'yaml'
import * as z from 'zod/mini'
import { callJson } from '../../../../cli/aws/json-call.ts'
import { account, rootCredentials } from '../../../../sandbox/account.ts'
import { rootUserEnvironment } from '../../../../sandbox/aws/server.ts'
import { awsAccount } from '../../../support/aws/aws-account.ts'
import { temporaryDirectory } from '../../../support/temporary.ts'
import { runWid } from '../../support/run-wid.ts'

const aws = awsAccount()
let directory: Awaited<ReturnType<typeof temporaryDirectory>>

beforeAll(async () => {
  directory = await temporaryDirectory()
})
afterAll(() => directory?.remove())

const settingsIn = (region: string) => ({
  endpoint: aws.endpoint,
  region,
  credentials: async () => rootCredentials,
})

async function requestCertificate(region: string, DomainName: string): Promise<string> {
  const { CertificateArn } = await callJson(settingsIn(region), {
    service: 'acm',
    target: 'CertificateManager.RequestCertificate',
    input: { DomainName },
    answer: z.object({ CertificateArn: z.string() }),
  })
  return CertificateArn
}

/** All calls that the command may make. */
const reads = [
  'acm:DescribeCertificate',
  'iam:GetAccountSummary',
  'iam:GetRole',
  'iam:GetUser',
  'iam:ListOpenIDConnectProviders',
  'lambda:GET /2016-08-19/account-settings',
  'ssm:GetParameter',
  'sts:GetCallerIdentity',
]

const trust = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: account.id }, Action: 'sts:AssumeRole' }],
})

/** Runs the command with an API that does not exist, which it must not call. */
function doctor(...args: readonly string[]) {
  const env = { ...rootUserEnvironment(aws.endpoint, account.region), WID_API: 'http://127.0.0.1:9' }
  return runWid(['doctor', ...args], { cwd: directory.path, env })
}

const findings = z.array(
  z.object({ type: z.literal('finding'), check: z.string(), state: z.string(), found: z.string() }),
)

function findingsIn(stdout: string) {
  return findings.parse(
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
  )
}

async function writeSettings(certificates: { readonly api: string; readonly issuer: string }): Promise<void> {
  const to = [{ iam: { role: 'Platform' } }, { iam: { user: 'ada' } }]
  const settings = {
    access: { grants: [{ name: 'platform', role: 'administrator', to }] },
    api: { domain: 'api.example.com', certificateArn: certificates.api },
    issuerHost: { domain: 'oidc.example.com', certificateArn: certificates.issuer },
  }
  await writeFile(path.join(directory.path, 'production.yaml'), stringify(settings))
}

test('reports what an account lacks, and nothing after it has it', async () => {
  const absent = `arn:aws:acm:${account.region}:${account.id}:certificate/absent`
  await writeSettings({ api: absent, issuer: absent })
  const before = await doctor('--deployment', 'production.yaml', '--output', 'json')
  expect(before, before.stderr).toMatchObject({ code: 1, stderr: '' })
  const problems = findingsIn(before.stdout).filter(({ state }) => state !== 'ok')
  expect(problems.map(({ check, state }) => [check, state])).toEqual([
    ['bootstrap', 'problem'],
    ['grant', 'problem'],
    ['grant', 'problem'],
    ['certificate', 'problem'],
    ['certificate', 'problem'],
  ])
  expect(problems.map(({ found }) => found)).toContain(`there is no certificate ${absent}`)

  await callJson(settingsIn(account.region), {
    service: 'ssm',
    target: 'AmazonSSM.PutParameter',
    input: { Name: '/cdk-bootstrap/hnb659fds/version', Value: '21', Type: 'String' },
    answer: z.unknown(),
  })
  await aws.iam.send(new CreateRoleCommand({ RoleName: 'Platform', AssumeRolePolicyDocument: trust }))
  await aws.iam.send(new CreateUserCommand({ UserName: 'ada' }))
  await writeSettings({
    api: await requestCertificate(account.region, '*.example.com'),
    issuer: await requestCertificate('us-east-1', 'oidc.example.com'),
  })
  await aws.calls.clear()
  const after = await doctor('--deployment', 'production.yaml')
  expect(after, after.stdout).toMatchObject({ code: 0, stderr: '' })
  expect(after.stdout).not.toMatch(/[✖?]/)
  for (const found of ['bootstrap +version 21', 'grant +role Platform', 'grant +user ada', 'OIDC providers +0 exist']) {
    expect(after.stdout).toMatch(new RegExp(`✔ ${found}`))
  }
  expect(after.stdout).toMatch(/✔ certificate +issued for api\.example\.com.*✔ certificate +issued for oidc/s)
  const operations = (await aws.calls.all()).map(({ operation }) => operation)
  expect([...new Set(operations)].toSorted()).toEqual(reads)
})

test('without a settings file it checks everything else, and says what it did not check', async () => {
  const { code, stdout } = await doctor('--deployment')
  expect(code).toBe(0)
  expect(stdout).toMatch(
    /\? settings +settings\.yaml: there is no such file or folder\.\n +The grants and certificates/,
  )
  expect(stdout).toMatch(/✔ bootstrap/)
  expect(stdout).not.toContain('grant ')
})

test('without credentials it says so once', async () => {
  const env = { AWS_ENDPOINT_URL: aws.endpoint, AWS_REGION: account.region, AWS_EC2_METADATA_DISABLED: 'true' }
  const { code, stdout } = await runWid(['doctor', '--deployment'], {
    cwd: directory.path,
    env: { ...env, HOME: directory.path },
  })
  expect(code).toBe(1)
  expect(stdout.match(/✖/g)).toEqual(['✖'])
  expect(stdout).toMatch(/✖ AWS +AWS refuses the credentials/)
})

test('denied reads are unknown, with the action that is missing', async () => {
  for (const operation of ['iam:GetAccountSummary', 'iam:ListOpenIDConnectProviders', 'iam:GetRole']) {
    await aws.faults.add({ kind: 'refuse', operation, times: 1 })
  }
  const { stdout } = await doctor('--deployment', 'production.yaml')
  expect(stdout).toMatch(/\? IAM roles +.*\n +Allow iam:GetAccountSummary/)
  expect(stdout).toMatch(/\? OIDC providers +.*\n +Allow iam:ListOpenIDConnectProviders/)
  expect(stdout).toMatch(/\? grant +the role Platform cannot be read\n +Allow iam:GetRole/)
})

test('a cluster beside --deployment is refused', async () => {
  const { code, stderr } = await doctor('prod', '--deployment')
  expect([code, stderr]).toEqual([2, expect.stringContaining('"prod" is a cluster: give one of the two')])
})
