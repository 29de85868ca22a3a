import * as z from 'zod'
import { putRecord, readRecord, setRotatedAt } from '../aws-clients.ts'
import type { AnySystem } from '../system.ts'

const page = z.object({ clusters: z.array(z.object({ name: z.string() })), next: z.optional(z.string()) })

/** Runs `use` while every other cluster is recorded as just rotated, so that a rotation skips it. */
export async function onlyThese(system: AnySystem, names: readonly string[], use: () => Promise<void>): Promise<void> {
  const others = (await clusterNames(system)).filter((name) => !names.includes(name))
  for (const name of others) await setRotatedAt(system, name, '9999-12-31T00:00:00.000Z')
  try {
    await use()
  } finally {
    for (const name of others) await setRotatedAt(system, name)
  }
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

/** Sends a rotation, waits for its end, and returns the outcome of each cluster, by name. */
export async function rotate(system: AnySystem, body: object = {}): Promise<Map<string, Rotated>> {
  const { result } = await system.ended(await system.send('/v1/rotations', body))
  return new Map(rotated.parse(result).clusters.map((one) => [one.cluster, one]))
}

const seen = z.record(z.string(), z.record(z.string(), z.string()))

/** Moves all times that rotations have recorded for the cluster this many days into the past. */
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
