import * as z from 'zod/mini'
import { workflows } from '../../../infra/workflows.ts'
import { type OperationKind, operationKinds } from '../../../lambdas/operations/record/kinds.ts'
import type { Fixture } from './fixture.ts'
import { untilLogged } from './log.ts'
import { deleteRotationLock, leaveLock } from './record.ts'
import { startRefresh } from './signing-keys.ts'

const page = z.object({ operations: z.array(z.object({ operationId: z.string() })) })

/**
 * Runs an operation of the kind that the resource belongs to, and waits until the reconciler has handled its end, because that also
 * releases the lock of the cluster.
 */
async function endedFor(fixture: Fixture, resource: string): Promise<string> {
  const location = await endedOfKind(fixture, resource)
  await untilLogged(fixture.system, 'reconciler', ['execution ended', location.split('/').at(-1) ?? ''], 0)
  return location
}

/** Records an ended operation as the owner of the cluster's lock, which the next change acquires. Returns a function that undoes it. */
export async function leaveLockOfEnded(fixture: Fixture, resource: string): Promise<() => Promise<void>> {
  const location = await endedFor(fixture, resource)
  // The start of the next rotation would end the one that has the lock of rotations.
  await deleteRotationLock(fixture.system)
  return leaveLock(fixture.system, fixture.cluster.name, location.split('/').at(-1) ?? '')
}

/** The kind of operation whose executions a resource of {@link anyResources} names. Default: setup. */
export function kindOf(resource: string): OperationKind {
  return operationKinds.find((kind) => resource.includes(`:execution:${workflows[kind]}:`)) ?? 'setup'
}

async function endedOfKind(fixture: Fixture, resource: string): Promise<string> {
  if (/rotat/i.test(resource)) return pathOf(await fixture.rotate())
  if (/signing/i.test(resource)) return fixture.system.ended(await startRefresh(fixture)).then(pathOf)
  if (/teardown/i.test(resource)) return pathOf(await fixture.listTeardown())
  return endedOperation(fixture)
}

/** The path of a successful setup of the cluster. */
async function endedOperation({ system, cluster }: Fixture): Promise<string> {
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
