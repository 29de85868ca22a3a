import { GetRoleCommand, UntagRoleCommand, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam'
import { beforeEach, describe, expect, it } from 'vitest'
import { readClusterStatus } from '../../../lambdas/operations/record/cluster-record.ts'
import type { FormerIssuer } from '../../../lambdas/operations/record/record.ts'
import { writeStatus } from '../../../lambdas/operations/record/status-record.ts'
import { keys } from '../../../lambdas/operations/record/table.ts'
import { tagKeys } from '../../../lambdas/ownership/labels.ts'
import { description } from '../../../lambdas/role/create-role.step.ts'
import { run as createRole } from '../../../lambdas/role/create-role.ts'
import { run } from '../../../lambdas/role/narrow-trust.ts'
import { recordEndedSetup } from '../../support/api/operations.ts'
import { awsAccount } from '../../support/aws/aws-account.ts'
import { foreignTrust } from '../../support/steps/role-creation.ts'
import { stepContext } from '../../support/steps/step-context.ts'

const issuerUrl = 'https://oidc.example.com/edge'
const former = 'https://edge.example.com'
const expired: FormerIssuer = { issuerUrl: former, trustedUntil: '2026-11-01T12:00:00.000Z' }

const aws = awsAccount()
let count = 0
let cluster = ''
let name = ''

beforeEach(async () => {
  count += 1
  name = `moved-${count}`
  const workloads = [{ namespace: 'default', serviceAccount: name }]
  cluster = await recordEndedSetup({ example: 'kubeadm', workloads, facts: { issuerUrl } })
  const role = { name, policyArns: [], maxSessionSeconds: 3600 }
  const workload = { namespace: 'default', serviceAccount: name, role }
  const input = description.input.parse({ clusterName: cluster, workload, adopt: false })
  await createRole(input, await contextWith({ issuerUrl: former }))
  await aws.calls.clear()
})

/** Records this former issuer, and returns the context as the handler builds it from the record. */
async function contextWith(formerIssuer: FormerIssuer, dryRun = false) {
  await writeStatus(keys.cluster(cluster), {}, { formerIssuer })
  return stepContext(cluster, 20_000, dryRun, await readClusterStatus(cluster))
}

const narrow = async (formerIssuer: FormerIssuer, dryRun = false) => run({}, await contextWith(formerIssuer, dryRun))

async function trustedProviders(): Promise<string[]> {
  const { Role } = await aws.iam.send(new GetRoleCommand({ RoleName: name }))
  const document = decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '')
  return [...document.matchAll(/oidc-provider\/([^"]+)/g)].map(([, provider = '']) => provider)
}

const both = ['oidc.example.com/edge', 'edge.example.com']

describe('the roles of a cluster that was moved', () => {
  it('trust both issuers while tokens of the former one may be valid', async () => {
    expect(await trustedProviders()).toEqual(both)
    const tomorrow = new Date(Date.now() + 24 * 3_600_000).toISOString()
    for (const formerIssuer of [{ issuerUrl: former }, { issuerUrl: former, trustedUntil: tomorrow }]) {
      expect(await narrow(formerIssuer)).toEqual({ output: {}, changes: [] })
    }
    expect(await trustedProviders()).toEqual(both)
    expect((await readClusterStatus(cluster))?.formerIssuer).toBeDefined()
  })

  it('trust only the hosted issuer after that, and the former one is deleted from the record', async () => {
    expect(await narrow(expired)).toMatchObject({
      changes: [{ object: expect.stringContaining(name), action: 'updated', detail: `no longer trusts ${former}` }],
    })
    expect(await trustedProviders()).toEqual(['oidc.example.com/edge'])
    expect((await readClusterStatus(cluster))?.formerIssuer).toBeUndefined()
  })

  it('trust the hosted issuer alone after a second attempt when IAM has refused the first one', async () => {
    await aws.faults.add({ kind: 'refuse', operation: 'iam:UpdateAssumeRolePolicy', times: 1 })
    await expect(narrow(expired)).rejects.toMatchObject({ name: 'AccessDenied' })
    const status = await readClusterStatus(cluster)
    expect(status?.formerIssuer).toEqual(expired)
    await run({}, stepContext(cluster, 20_000, false, status))
    expect(await trustedProviders()).toEqual(['oidc.example.com/edge'])
  })

  it('are reported and not changed by a dry run', async () => {
    expect(await narrow(expired, true)).toMatchObject({ changes: [{ action: 'updated' }] })
    expect(await trustedProviders()).toEqual(both)
    expect((await readClusterStatus(cluster))?.formerIssuer).toEqual(expired)
  })

  it('are not changed when they have lost our tag', async () => {
    await aws.iam.send(new UntagRoleCommand({ RoleName: name, TagKeys: [tagKeys.cluster] }))
    expect(await narrow(expired)).toMatchObject({ changes: [] })
    expect(await trustedProviders()).toEqual(both)
  })

  it('are not changed when another client has changed their trust policy', async () => {
    await aws.iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: name, PolicyDocument: foreignTrust }))
    await aws.calls.clear()
    expect(await narrow(expired)).toMatchObject({ changes: [] })
    expect((await aws.calls.all()).map(({ operation }) => operation)).toEqual(
      expect.not.arrayContaining(['iam:UpdateAssumeRolePolicy']),
    )
  })
})
