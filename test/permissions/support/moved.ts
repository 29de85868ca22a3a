import * as z from 'zod'
import { putRecord, readRecord } from '../../e2e/support/aws-clients.ts'
import { hostedCluster } from './hosted.ts'
import type { World } from './world.ts'

const clusterItem = z.looseObject({ status: z.looseObject({ cluster: z.looseObject({ issuerUrl: z.string() }) }) })

const keyOf = (name: string) => ({ pk: `CLUSTER#${name}`, sk: 'CLUSTER' })

/** As if the hosted cluster had had the issuer of the world's own cluster before. */
export async function recordMove({ system, cluster }: World, trustedUntil?: string): Promise<void> {
  const hosted = await hostedCluster(system)
  const { status } = clusterItem.parse(await readRecord(system, keyOf(cluster.name)))
  const item = clusterItem.parse(await readRecord(system, keyOf(hosted.name)))
  const formerIssuer = { issuerUrl: status.cluster.issuerUrl, ...(trustedUntil !== undefined && { trustedUntil }) }
  await putRecord(system, { ...item, status: { ...item.status, formerIssuer } })
}

/** The next rotation ends the move. */
export function recordEndOfMove(world: World): Promise<void> {
  return recordMove(world, '2026-11-01T12:00:00.000Z')
}

/** The roles of the hosted cluster trust both issuers, and the next rotation ends that. */
export async function moveAndEnd(world: World): Promise<void> {
  await recordMove(world)
  const ended = await world.system.setUp((await hostedCluster(world.system)).body)
  if (ended.status !== 'succeeded') throw new Error(`the setup failed: ${JSON.stringify(ended.error)}`)
  await recordEndOfMove(world)
}
