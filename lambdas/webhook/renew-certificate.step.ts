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
  /** Finished: of one that was renewed before, the old authority went, or what a crash had left was done. */
  output: z.object({ certificate: z.enum(['kept', 'renewed', 'finished']) }),
  client: 'kubernetes',
  timeoutSeconds: 60,
  /** A setup has installed the webhook by the same rights. */
  kubernetes: [],
})
