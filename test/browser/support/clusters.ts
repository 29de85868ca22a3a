import { IAMClient, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam'
import { account, rootCredentials } from '../../../sandbox/account.ts'
import type { Sandbox } from '../../../sandbox/sandbox.ts'
import type { OperationAnswer } from '../../e2e/support/operation.ts'
import { type OwnCluster, ownCluster } from '../../e2e/support/requests.ts'
import type { System } from '../../e2e/support/system.ts'

/** The path of policies that the deployment allows. */
export const policyPath = '/workload-identity/'

export interface SetUp {
  readonly cluster: OwnCluster
  readonly operation: OperationAnswer
}

export async function setUpCluster(running: System, purpose: string): Promise<SetUp> {
  const cluster = await ownCluster(running, purpose)
  return { cluster, operation: await running.setUp(cluster.body()) }
}

/** A cluster whose setup has failed, because its policy does not exist. */
export async function failedCluster(running: System, purpose: string): Promise<SetUp> {
  const cluster = await ownCluster(running, purpose)
  const missing = `arn:aws:iam::${account.id}:policy${policyPath}${cluster.name}`
  const body = cluster.body({ 'workloads.0.role.policyArns': [missing] })
  return { cluster, operation: await running.setUp(body) }
}

/** Starts a setup that waits for its bucket until `release`. */
export async function heldSetup(running: System, purpose: string) {
  const cluster = await ownCluster(running, purpose)
  const { promise: released, resolve: release } = Promise.withResolvers<void>()
  running.sandbox.google.faults.interrupt({
    operation: 'storage.buckets.insert',
    object: `${cluster.name}-discovery`,
    answer: 'sent',
    meanwhile: () => released,
  })
  return { cluster, location: await running.start(cluster.body()), release }
}

/** Lets the entire account assume the role, as a change by hand may do. */
export async function widenTrust({ aws }: Sandbox, RoleName: string): Promise<void> {
  const iam = new IAMClient({ endpoint: aws.endpoint, region: account.region, credentials: rootCredentials })
  const Statement = [{ Effect: 'Allow', Principal: { AWS: account.id }, Action: 'sts:AssumeRole' }]
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
  await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument }))
  iam.destroy()
}

/** The page of the portal for this path of the API. */
export function pageOf(location: string): string {
  return location.replace(/^\/v1/, '')
}
