/** The thumbprints of a cluster's issuer servers, with the times of their observation. Rotations use this history. */
import * as z from 'zod/mini'
import { getItem, keys } from '../operations/record/table.ts'
import { update, write } from '../operations/record/writes.ts'
import { type History, sighting } from './thumbprint-rotation.ts'

export const thumbprintsItem = z.object({ seen: z.record(z.string(), sighting) })

/** Returns the history, which is empty before the first rotation. */
export async function readThumbprintHistory(cluster: string): Promise<History> {
  const item = await getItem(keys.thumbprints(cluster))
  return item === undefined ? {} : thumbprintsItem.parse(item).seen
}

export async function writeThumbprintHistory(cluster: string, seen: History): Promise<void> {
  await write(update(keys.thumbprints(cluster), { set: { seen } }))
}
