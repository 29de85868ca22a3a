import * as z from 'zod/mini'
import { target } from '../spec/target.ts'
import { describeStep } from '../steps/description.ts'
import { installed } from './desired/installed.ts'

export const description = describeStep({
  state: 'RenewCertificate',
  does: "Renews the webhook's own certificate when less than a third of its life is left; no pod starts without its role meanwhile.",
  leavesAlone: 'Certificates that the cluster has signed: the webhook renews those itself.',
  input: z.object({
    target,
    issuerUrl: z.string(),
    installed,
  }),
  /**
   * `finished`: the old authority of an earlier renewal was removed, or a renewal that a crash had interrupted was
   * completed.
   */
  output: z.object({ certificate: z.enum(['kept', 'renewed', 'finished']) }),
  client: 'kubernetes',
  timeoutSeconds: 60,
  /** Empty: a setup has installed the webhook with the same rights. */
  kubernetes: [],
})
