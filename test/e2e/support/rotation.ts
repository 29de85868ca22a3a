import { v7 as uuidv7 } from 'uuid'
import * as z from 'zod'
import { leaveLock, putRecord, readRecord, releaseLock } from './aws-clients.ts'
import type { AnySystem } from './system.ts'

const page = z.object({ clusters: z.array(z.object({ name: z.string() })), next: z.optional(z.string()) })

/**
 * Does something while every other cluster of the system is held by somebody: a rotation skips those.
 *
 * @throws {Error} when somebody took one of them meanwhile
 */
export async function onlyThese(system: AnySystem, names: readonly string[], use: () => Promise<void>): Promise<void> {
  const others = (await clusterNames(system)).filter((name) => !names.includes(name))
  const holder = { operationId: await leaveWriter(system), acquiredAt: new Date() }
  for (const name of others) await leaveLock(system, name, holder)
  const taken: string[] = []
  try {
    await use()
  } finally {
    for (const name of others) {
      const { operationId } = await readRecord(system, { pk: `CLUSTER#${name}`, sk: 'LOCK' })
      if (operationId !== holder.operationId) taken.push(name)
      else await releaseLock(system, name)
    }
  }
  if (taken.length > 0) throw new Error(`these were not held: ${taken.join(', ')}`)
}

/** Leaves an operation that has failed, and one step of which may write for another hour. Gives back its id. */
async function leaveWriter(system: AnySystem): Promise<string> {
  const operationId = uuidv7()
  const pk = `OPERATION#${operationId}`
  const now = new Date().toISOString()
  const runsUntil = new Date(Date.now() + 3_600_000).toISOString()
  const operation = {
    operationId,
    kind: 'setup',
    status: 'failed',
    requestedBy: 'nobody',
    createdAt: now,
    endedAt: now,
  }
  await putRecord(system, { pk, sk: 'REQUEST', request: {} })
  await putRecord(system, {
    pk,
    sk: 'STEP#CreateRole',
    status: 'running',
    attempts: 1,
    retries: 0,
    startedAt: now,
    attemptAt: now,
    runsUntil,
  })
  await putRecord(system, { pk, sk: 'OPERATION', ...operation })
  return operationId
}

async function clusterNames(system: AnySystem): Promise<string[]> {
  const names: string[] = []
  let path: string | undefined = '/v1/clusters?limit=100'
  while (path !== undefined) {
    const response: Response = await fetch(system.api + path)
    const { clusters, next } = page.parse(await response.json())
    names.push(...clusters.map(({ name }) => name))
    path = next
  }
  return names
}

const rotated = z.object({
  clusters: z.array(
    z.looseObject({ cluster: z.string(), outcome: z.string(), error: z.optional(z.looseObject({ name: z.string() })) }),
  ),
})

export type Rotated = z.output<typeof rotated>['clusters'][number]

/** Sends a rotation and waits for its end. Gives back what came of each cluster, by name. */
export async function rotate(system: AnySystem, body: object = {}): Promise<Map<string, Rotated>> {
  const { result } = await system.ended(await system.send('/v1/rotations', body))
  return new Map(rotated.parse(result).clusters.map((one) => [one.cluster, one]))
}

const seen = z.record(z.string(), z.record(z.string(), z.string()))

/** As if everything that rotations have noted of the cluster had been so many days earlier. */
export async function daysPass(system: AnySystem, cluster: string, days: number): Promise<void> {
  const key = { pk: `CLUSTER#${cluster}`, sk: 'THUMBPRINTS' }
  const observed = await readRecord(system, key)
  const earlier = (at: string) => new Date(Date.parse(at) - days * 24 * 3_600_000).toISOString()
  const moved = Object.entries(seen.parse(observed.seen)).map(([one, sighting]) => [
    one,
    Object.fromEntries(Object.entries(sighting).map(([name, at]) => [name, earlier(at)])),
  ])
  await putRecord(system, { ...key, seen: Object.fromEntries(moved) })
}
