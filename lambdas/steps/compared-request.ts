import * as z from 'zod/mini'
import { setupResult } from '../operations/record.ts'
import { cluster, discovery, webhook, workload } from '../spec/parts.ts'

/** What the newest setup that went to its end has found and made: what a drift still knows of a cluster that is away. */
const known = z.object({
  facts: setupResult.shape.facts,
  providerArn: z.string(),
  installed: setupResult.shape.webhook,
  /** By `namespace/account`. */
  roleArns: z.record(z.string(), z.string()),
})

/** What a plan or a drift is of: the input of the workflow `compare`. */
export const comparedRequest = z.object({
  cluster,
  discovery: z.optional(discovery),
  webhook,
  workloads: z.array(workload),
  adopt: z.boolean(),
  known: z.optional(known),
  /** Workloads of the cluster that no setup has brought to the end: `namespace/account`. */
  incomplete: z.optional(z.array(z.string())),
})

export type ComparedRequest = z.output<typeof comparedRequest>
