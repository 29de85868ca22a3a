import { beforeAll, beforeEach } from 'vitest'
import type * as z from 'zod/mini'
import { noStatus } from '../../../lambdas/operations/record/record.ts'
import {
  addWorkloadsToList,
  readRoleRecord,
  writeRoleRecord,
} from '../../../lambdas/operations/record/workload-record.ts'
import type { Change } from '../../../lambdas/report/change.ts'
import { description } from '../../../lambdas/role/create-role.step.ts'
import { run } from '../../../lambdas/role/create-role.ts'
import type { StepContext } from '../../../lambdas/steps/contract.ts'
import { account } from '../../../sandbox/account.ts'
import { type AwsAccount, awsAccount, makePolicy } from '../aws/aws-account.ts'
import { foundStatus, stepContext } from './step-context.ts'

/** Policies to attach. {@link makePolicies} creates those of the account. */
export const s3 = 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'
export const sqs = `arn:aws:iam::${account.id}:policy/sqs-reader`
export const sns = `arn:aws:iam::${account.id}:policy/sns-reader`

const issuerUrl = 'https://storage.googleapis.com/gke-issuer-1'
const providerArn = `arn:aws:iam::${account.id}:oidc-provider/storage.googleapis.com/gke-issuer-1`

export const inlinePolicy = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::a/*' }],
}

/** A trust policy of another owner. */
export const foreignTrust = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
})

/** An account with {@link sqs} and {@link sns}, for the tests of a file. Call it at the top of the file. */
export function accountWithPolicies(): Omit<AwsAccount, 'end'> {
  const aws = awsAccount()
  makePolicies(aws)
  beforeEach(async () => {
    await aws.faults.clear()
    await aws.calls.clear()
  })
  return aws
}

/** Creates {@link sqs} and {@link sns} before the tests of a file. Call it at the top of the file. */
export function makePolicies(aws: Pick<AwsAccount, 'iam'>): void {
  beforeAll(() => Promise.all(['sqs-reader', 'sns-reader'].map((name) => makePolicy(aws.iam, name))))
}

export interface RoleAsk {
  policyArns?: string[]
  inlinePolicy?: Record<string, unknown>
  maxSessionSeconds?: number
  adopt?: boolean
  clusterName?: string
  /** Default: the role's name. */
  serviceAccount?: string
  dryRun?: boolean
  /** Called when the step has created the role, before it writes more. */
  reportChange?: StepContext['reportChange']
}

const recorded = new Set<string>()

/** Records the workload, as the start of a setup does, once. */
export async function recordWorkload(serviceAccount: string, clusterName = 'prod'): Promise<void> {
  const key = `${clusterName}/${serviceAccount}`
  if (recorded.has(key)) return
  const role = { name: serviceAccount, policyArns: [], maxSessionSeconds: 3600 }
  const workloads = [{ namespace: 'default', serviceAccount, role }]
  await addWorkloadsToList({ cluster: { name: clusterName }, workloads })
  recorded.add(key)
}

/** Runs create-role for a role of this name, by default with one attached policy. */
export async function createRole(
  name: string,
  options: RoleAsk = {},
): Promise<{ arn: string; change: Change | undefined }> {
  const { adopt = false, clusterName = 'prod', serviceAccount = name, dryRun } = options
  const { policyArns = [s3], inlinePolicy, maxSessionSeconds = 3600 } = options
  const role = { name, policyArns, maxSessionSeconds, ...(inlinePolicy && { inlinePolicy }) }
  const request = description.input.parse({
    clusterName,
    workload: { namespace: 'default', serviceAccount, role },
    adopt,
  })
  if (!dryRun) await recordWorkload(serviceAccount, clusterName)
  const context = stepContext(clusterName, 20_000, dryRun, foundStatus({ issuerUrl }))
  const { reportChange = context.reportChange } = options
  const result = await runInRecord(request, { ...context, reportChange })
  if ('waiting' in result) throw new Error('create-role never waits')
  return { arn: result.output.roleArn, change: result.changes[0] }
}

/** Runs create-role as its handler does: with the recorded role, and with a record of the result. */
export async function runInRecord(request: z.output<typeof description.input>, context: StepContext) {
  const { clusterName, workload } = request
  const role = await readRoleRecord(clusterName, workload)
  const result = await run(request, { ...context, workload: { ...noStatus, ...(role && { role }) } })
  if (result.observed?.role) await writeRoleRecord(clusterName, workload, result.observed.role, undefined)
  return result
}

/** The trust policy of the role of the service account `default/NAME`. */
export function wantedTrust(name: string) {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Federated: providerArn },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: {
          StringEquals: {
            'storage.googleapis.com/gke-issuer-1:sub': `system:serviceaccount:default:${name}`,
            'storage.googleapis.com/gke-issuer-1:aud': 'sts.amazonaws.com',
          },
        },
      },
    ],
  }
}
