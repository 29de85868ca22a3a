import * as z from 'zod/mini'

/** An event of the AWSCluster, as its management cluster has it; the time is ISO 8601. */
export const clusterEvent = z.object({ time: z.string(), type: z.string(), reason: z.string(), message: z.string() })

export type ClusterEvent = z.output<typeof clusterEvent>

/** Why a polled step is not done yet, and what a person can do about it. */
export interface Waiting {
  readonly reason: string
  readonly events?: readonly ClusterEvent[]
}
