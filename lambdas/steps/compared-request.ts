import * as z from 'zod/mini'
import { operationError } from '../errors/recorded.ts'
import { setupResult } from '../operations/record/record.ts'
import { setupRequest, workloadFields } from '../spec/setup-request.ts'

/** Recorded facts. A drift compares the cluster with them, and uses them when the cluster cannot be reached. */
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
  /** The errors that the API would return for a setup of the recorded spec, if the deployment now allows less. */
  refused: z.optional(z.array(operationError)),
  /** Set in a drift that the schedule has started: subscribers are then notified of differences. */
  scheduled: z.optional(z.literal(true)),
})

export type ComparedRequest = z.output<typeof comparedRequest>
