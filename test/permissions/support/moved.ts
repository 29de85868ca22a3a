import * as z from 'zod'
import { putRecord, readRecord } from '../../e2e/support/aws-clients.ts'
import type { Fixture } from './fixture.ts'
import { hostedCluster } from './hosted.ts'

const clusterItem = z.looseObject({ status: z.looseObject({ cluster: z.looseObject({ issuerUrl: z.string() }) }) })

const keyOf = (name: string) => ({ pk: `CLUSTER#${name}`, sk: 'CLUSTER' })

/** Records the issuer of the fixture's cluster as the former issuer of the hosted cluster. */
export async function recordMove({ system, cluster }: Fixture, trustedUntil?: string): Promise<void> {
  const hosted = await hostedCluster(system)
  const { status } = clusterItem.parse(await readRecord(system, keyOf(cluster.name)))
  const item = clusterItem.parse(await readRecord(system, keyOf(hosted.name)))
  const formerIssuer = { issuerUrl: status.cluster.issuerUrl, ...(trustedUntil !== undefined && { trustedUntil }) }
  await putRecord(system, { ...item, status: { ...item.status, formerIssuer } })
}

/** Records a move that the next rotation ends. */
export function recordEndOfMove(fixture: Fixture): Promise<void> {
  return recordMove(fixture, '2026-11-01T12:00:00.000Z')
}

/** Makes the roles of the hosted cluster trust both issuers, which the next rotation ends. */
export async function moveAndEnd(fixture: Fixture): Promise<void> {
  await recordMove(fixture)
  const ended = await fixture.system.setUp((await hostedCluster(fixture.system)).body)
  if (ended.status !== 'succeeded') throw new Error(`the setup failed: ${JSON.stringify(ended.error)}`)
  await recordEndOfMove(fixture)
}
