import * as z from 'zod/mini'
import { VerificationFailed } from '../../errors/step-errors.ts'
import { readOperationItem } from '../../operations/operations.ts'
import { hasEnded, type OperationItem } from '../../operations/record.ts'
import type { StepRun } from '../../steps/contract.ts'
import { step } from '../../steps/step.ts'

export const input = z.object({ verificationId: z.string() })

/**
 * Done when the verification has ended well.
 *
 * Throws VerificationFailed, in the verification's own words, when it has ended otherwise.
 */
export const run: StepRun<z.output<typeof input>, object> = async ({ verificationId }, { cluster }) => {
  const verification = await readOperationItem(verificationId)
  if (verification?.status === 'succeeded') return { output: {}, changes: [] }
  if (verification && !hasEnded(verification.status)) {
    return { waiting: { reason: `the verification ${verificationId} is ${verification.status}` } }
  }
  throw failed(cluster, verificationId, verification?.error)
}

export const handler = step({ state: 'CheckVerification', input, run })

function failed(cluster: string, verificationId: string, error: OperationItem['error']): VerificationFailed {
  return new VerificationFailed({
    object: error?.object ?? `cluster ${cluster}`,
    reason: `the verification ${verificationId} did not succeed: ${error?.reason ?? 'it is not recorded'}`,
    action: error?.action ?? 'Send a verification of the cluster, and see what it says',
  })
}
