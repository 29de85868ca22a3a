/** The retry policies of statemachine/retry-policies.yaml. */
import { parse } from 'yaml'
import * as z from 'zod'
import { readStateMachineFile } from './source.ts'

const retrier = z.strictObject({
  ErrorEquals: z.array(z.string()),
  IntervalSeconds: z.number(),
  BackoffRate: z.number(),
  MaxDelaySeconds: z.number(),
  MaxAttempts: z.number(),
  JitterStrategy: z.enum(['FULL', 'NONE']),
})

export type Retrier = z.output<typeof retrier>

const file = z.object({ policies: z.record(z.string(), z.array(retrier)) })

const { policies } = file.parse(parse(readStateMachineFile('retry-policies.yaml'), { merge: true }))

/**
 * The retriers of a policy, for the Retry field of a state.
 *
 * @throws {Error} when no policy has this name
 */
export function retryPolicy(name: string): readonly Retrier[] {
  const policy = policies[name]
  if (!policy) throw new Error(`statemachine/retry-policies.yaml has no policy ${name}`)
  return policy
}
