import * as z from 'zod/mini'
import { operationError } from '../errors/recorded.ts'
import { setupResult } from '../operations/record/record.ts'
import { setupRequest, workloadFields } from '../spec/parts.ts'

/** What the newest setup that succeeded found and made. A drift still knows it when the cluster cannot be reached. */
const known = z.object({
  facts: setupResult.shape.facts,
  providerArn: z.string(),
  installed: setupResult.shape.webhook,
  /** Keys are `namespace/account`. */
  roleArns: z.record(z.string(), z.string()),
})

/** The input of the workflow `compare`: the request that a plan or a drift compares with the clouds. */
export const comparedRequest = z.extend(setupRequest, {
  /** Workloads that have left the spec, and that a setup would remove. */
  removed: z.optional(z.array(z.object(workloadFields))),
  known: z.optional(known),
  /** Workloads of the cluster that no setup has completed, as `namespace/account`. */
  incomplete: z.optional(z.array(z.string())),
  /** What the API would answer to a setup of the recorded spec: the deployment may allow less than it did. */
  refused: z.optional(z.array(operationError)),
  /** Of a drift that the schedule has started: the subscribers are notified of differences. */
  scheduled: z.optional(z.literal(true)),
})

export type ComparedRequest = z.output<typeof comparedRequest>
