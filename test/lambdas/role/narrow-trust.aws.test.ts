import { GetRoleCommand, UntagRoleCommand, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam'
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { parseRoleArn } from '../../../lambdas/clouds/aws/iam-names.ts'
import { decodePolicy } from '../../../lambdas/clouds/aws/policy-document.ts'
import { readClusterStatus } from '../../../lambdas/operations/record/cluster-record.ts'
import type { FormerIssuer } from '../../../lambdas/operations/record/record.ts'
import { writeStatus } from '../../../lambdas/operations/record/status-record.ts'
import { keys } from '../../../lambdas/operations/record/table.ts'
import { tagKeys } from '../../../lambdas/ownership/labels.ts'
import { description } from '../../../lambdas/role/create-role.step.ts'
import { run as createRole } from '../../../lambdas/role/create-role.ts'
import { run } from '../../../lambdas/role/narrow-trust.ts'
import { trustPolicy } from '../../../lambdas/role/trust-policy.ts'
import { recordEndedSetup } from '../../support/api/operations.ts'
import { awsAccount } from '../../support/aws/aws-account.ts'
import { roleArnOf } from '../../support/aws/roles.ts'
import { stepContext } from '../../support/steps/step-context.ts'

const issuerUrl = 'https://oidc.example.com/edge'
const former = 'https://edge.example.com'
const expired: FormerIssuer = { issuerUrl: former, trustedUntil: '2026-11-01T12:00:00.000Z' }

const statements = z.array(z.record(z.string(), z.unknown()))
type Statement = Record<string, unknown>
const serviceTrust = { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }

const aws = awsAccount()
let count = 0
let cluster = ''
let name = ''

beforeEach(async () => {
  count += 1
  name = `moved-${count}`
  const workloads = [{ namespace: 'default', serviceAccount: name }]
  cluster = await recordEndedSetup({ example: 'kubeadm', workloads, facts: { issuerUrl } })
  await createTrusting(name, name)
  await aws.calls.clear()
})

/** Creates the role of a workload, which trusts both issuers. */
async function createTrusting(roleName: string, serviceAccount: string) {
  const role = { name: roleName, policyArns: [], maxSessionSeconds: 3600 }
  const workload = { namespace: 'default', serviceAccount, role }
  const input = description.input.parse({ clusterName: cluster, workload, adopt: false })
  await createRole(input, await contextWith({ issuerUrl: former }))
}

/** Records this former issuer, and returns the context as the handler builds it from the record. */
async function contextWith(formerIssuer: FormerIssuer, dryRun = false) {
  await writeStatus(keys.cluster(cluster), {}, { formerIssuer })
  return stepContext(cluster, 20_000, dryRun, await readClusterStatus(cluster))
}

const narrow = async (formerIssuer: FormerIssuer, dryRun = false) => run({}, await contextWith(formerIssuer, dryRun))

async function readTrust(): Promise<Statement[]> {
  const { Role } = await aws.iam.send(new GetRoleCommand({ RoleName: name }))
  return statements.parse(decodePolicy(Role?.AssumeRolePolicyDocument ?? '')?.Statement)
}

/** Changes the trust policy as another client does. */
async function changeTrust(change: (now: Statement[]) => Statement[]) {
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: change(await readTrust()) })
  await aws.iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: name, PolicyDocument }))
}

async function trustedProviders(): Promise<string[]> {
  const document = JSON.stringify(await readTrust())
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

  it('are refused when they have lost our tag and trust the former issuer, which stays in the record', async () => {
    await aws.iam.send(new UntagRoleCommand({ RoleName: name, TagKeys: [tagKeys.cluster] }))
    await expect(narrow(expired)).rejects.toMatchObject({ name: 'OwnershipConflict' })
    expect(await trustedProviders()).toEqual(both)
    expect((await readClusterStatus(cluster))?.formerIssuer).toEqual(expired)
  })

  it('are not changed when their trust policy does not contain the former issuer', async () => {
    await changeTrust(() => [serviceTrust])
    await aws.calls.clear()
    expect(await narrow(expired)).toMatchObject({ changes: [] })
    expect((await aws.calls.all()).map(({ operation }) => operation)).toEqual(
      expect.not.arrayContaining(['iam:UpdateAssumeRolePolicy']),
    )
    expect((await readClusterStatus(cluster))?.formerIssuer).toBeUndefined()
  })

  it('lose only the statement for the former issuer, whatever statements others have added', async () => {
    // IAM refuses a policy with the same Sid twice: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html
    const additions = fc.shuffledSubarray<Statement>([serviceTrust, { ...serviceTrust, Effect: 'Deny', Sid: 'Denied' }])
    const ids = fc.option(fc.constantFrom('One', 'Two'), { nil: undefined })
    await fc.assert(
      fc.asyncProperty(additions, ids, async (added, Sid) => {
        const setUp = trustPolicy(parseRoleArn(roleArnOf(cluster, name)), {
          issuerUrls: [former, issuerUrl],
          namespace: 'default',
          serviceAccount: name,
        })
        const [known = {}, kept = {}] = statements.parse(setUp.Statement)
        await changeTrust(() => [...added, { ...known, ...(Sid !== undefined && { Sid }) }, kept])
        expect(await narrow(expired)).toMatchObject({ changes: [{ action: 'updated' }] })
        expect(await readTrust()).toEqual([...added, kept])
      }),
      { numRuns: 5 },
    )
  })

  it('are refused when another client changed the statement for the former issuer, which stays in the record', async () => {
    await changeTrust((now) => now.map((one) => ({ ...one, Condition: {} })))
    await aws.calls.clear()
    for (const dryRun of [true, false]) {
      await expect(narrow(expired, dryRun)).rejects.toMatchObject({
        name: 'FieldConflict',
        reason: expect.stringContaining('oidc-provider/edge.example.com'),
      })
    }
    expect(await trustedProviders()).toEqual(both)
    expect((await readClusterStatus(cluster))?.formerIssuer).toEqual(expired)
  })

  it('are all narrowed although one of them is refused', async () => {
    const other = `${name}-other`
    const workloads = [name, other].map((serviceAccount) => ({ namespace: 'default', serviceAccount }))
    cluster = await recordEndedSetup({ example: 'kubeadm', workloads, facts: { issuerUrl } })
    for (const one of [name, other]) await createTrusting(`${one}-2`, one)
    name = `${name}-2`
    await changeTrust((now) => now.map((one) => ({ ...one, Condition: {} })))
    await expect(narrow(expired)).rejects.toMatchObject({ name: 'FieldConflict' })
    name = `${other}-2`
    expect(await trustedProviders()).toEqual(['oidc.example.com/edge'])
  })
})
