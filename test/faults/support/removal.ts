import { ownCluster } from '../../e2e/support/requests.ts'
import { footprint } from '../../e2e/support/runs/footprint.ts'
import { claimsOf, desiredState } from '../../e2e/support/runs/recorded.ts'
import type { System } from '../../e2e/support/system.ts'
import { differenceOf } from './difference.ts'

/** The steps of a setup that remove a workload. */
export const removingSteps: readonly string[] = ['UnbindKsa', 'DeleteRole']

/** The only workload in its namespace, which is deleted with it. */
export const second = { namespace: 'reports', serviceAccount: 'second' }
export const withSecond = { 'workloads.1': { ...second, role: { policyArns: [] } } }

const soonNotReady = { 'cluster.readyTimeoutMinutes': 5 }

/** Sets up a cluster with two workloads. The request removes the second. */
export async function removal(system: System) {
  const { name, body } = await ownCluster(system, 'faulty')
  await setUp(system, body(soonNotReady))
  const before = await leftIn(system, name)
  await setUp(system, body({ ...soonNotReady, ...withSecond }))
  return {
    cluster: name,
    request: async () => putWith(system, name, body(soonNotReady)),
    /** The differences from the cluster before it had the second workload. */
    state: async () => [...differenceOf(await leftIn(system, name), before), ...(await desiredState(system, name))],
  }
}

/** Sends the request of a caller that has read the newest generation. */
async function putWith(system: System, name: string, body: unknown): Promise<Response> {
  const path = `/v1/clusters/${name}`
  const etag = (await fetch(system.api + path)).headers.get('etag') ?? ''
  return system.putTo(`${path}?removals=allow`, body, { 'if-match': etag })
}

/** All objects and claims, with UIDs and versions, which show objects that were deleted and created again. */
async function leftIn(system: System, name: string): Promise<string[]> {
  return [...(await footprint(system, name)), ...(await claimsOf(system, name))]
}

async function setUp(system: System, body: unknown): Promise<void> {
  const { error } = await system.setUp(body)
  if (error) throw new Error(`the setup before: ${JSON.stringify(error)}`)
}
