import type { OperationAnswer } from '../../e2e/support/operation.ts'
import { type OwnCluster, ownCluster } from '../../e2e/support/requests.ts'
import type { System } from '../../e2e/support/system.ts'

/** A policy that the deployment allows, and that is not there. */
export const missingPolicy = 'arn:aws:iam::000000000000:policy/workloads/not-there-yet'

export interface SetUp {
  readonly cluster: OwnCluster
  readonly operation: OperationAnswer
}

export async function setUpCluster(running: System, purpose: string): Promise<SetUp> {
  const cluster = await ownCluster(running, purpose)
  return { cluster, operation: await running.setUp(cluster.body()) }
}

/** One whose setup has failed: the role cannot have its policy. */
export async function failedCluster(running: System, purpose: string): Promise<SetUp> {
  const cluster = await ownCluster(running, purpose)
  const body = cluster.body({ 'workloads.0.role.policyArns': [missingPolicy] })
  return { cluster, operation: await running.setUp(body) }
}

/** Starts a setup that gets no bucket before it is released. */
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

/** The page of the portal that shows what is at this path of the API. */
export function pageOf(location: string): string {
  return location.replace(/^\/v1/, '')
}
