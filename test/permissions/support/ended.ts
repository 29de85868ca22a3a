/** Operations that have ended, by their paths, and what they may leave behind. */
import * as z from 'zod/mini'
import { workflows } from '../../../infra/workflows.ts'
import { type OperationKind, operationKinds } from '../../../lambdas/operations/record/kinds.ts'
import { untilLogged } from './log.ts'
import { deleteRotationLock, leaveLock } from './record.ts'
import { startRefresh } from './signing-keys.ts'
import type { World } from './world.ts'

const page = z.object({ operations: z.array(z.object({ operationId: z.string() })) })

/**
 * An operation of the kind whose workflow the resource is, when all that its end brings about is over: the event of its end,
 * too, releases the lock of its cluster.
 */
async function endedFor(world: World, resource: string): Promise<string> {
  const location = await endedOfKind(world, resource)
  await untilLogged(world.system, 'reconciler', ['execution ended', location.split('/').at(-1) ?? ''], 0)
  return location
}

/** Leaves the lock of the cluster with such an operation, which the next change takes over. Gives back what undoes it. */
export async function leaveLockOfEnded(world: World, resource: string): Promise<() => Promise<void>> {
  const location = await endedFor(world, resource)
  // Who starts the next rotation would end the one that has its lock.
  await deleteRotationLock(world.system)
  return leaveLock(world.system, world.cluster.name, location.split('/').at(-1) ?? '')
}

/** The kind of operation whose executions a resource of {@link anyResources} is; a setup when it is none. */
export function kindOf(resource: string): OperationKind {
  return operationKinds.find((kind) => resource.includes(`:execution:${workflows[kind]}:`)) ?? 'setup'
}

async function endedOfKind(world: World, resource: string): Promise<string> {
  if (/rotat/i.test(resource)) return pathOf(await world.rotate())
  if (/signing/i.test(resource)) return world.system.ended(await startRefresh(world)).then(pathOf)
  if (/teardown/i.test(resource)) return pathOf(await world.listTeardown())
  return endedOperation(world)
}

/** A setup of the cluster. */
async function endedOperation({ system, cluster }: World): Promise<string> {
  const response = await fetch(
    `${system.api}/v1/operations?cluster=${cluster.name}&kind=setup&status=succeeded&limit=1`,
  )
  const [observed] = page.parse(await response.json()).operations
  if (!observed) throw new Error(`no setup of ${cluster.name} has succeeded`)
  return pathOf(observed)
}

function pathOf({ operationId }: { readonly operationId: string }): string {
  return `/v1/operations/${operationId}`
}
