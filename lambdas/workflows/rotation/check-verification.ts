import { VerificationFailed } from '../../errors/step-errors.ts'
import { readOperationItem } from '../../operations/record/operations.ts'
import { hasEnded, type OperationItem } from '../../operations/record/record.ts'
import type { StepRun } from '../../steps/contract.ts'
import { step } from '../../steps/step.ts'
import { description } from './check-verification.step.ts'

/**
 * Waits for the end of the verification.
 *
 * @throws {VerificationFailed} with the verification's error, when the verification has ended without success
 */
export const run: StepRun<typeof description> = async ({ verificationId }, { cluster }) => {
  const verification = await readOperationItem(verificationId)
  if (verification?.status === 'succeeded') return { output: {}, changes: [] }
  if (verification && !hasEnded(verification.status)) {
    return { waiting: { reason: `the verification ${verificationId} is ${verification.status}` } }
  }
  throw failed(cluster, verificationId, verification?.error)
}

export const handler = step(description, run)

function failed(cluster: string, verificationId: string, error: OperationItem['error']): VerificationFailed {
  return new VerificationFailed({
    object: error?.object ?? `cluster ${cluster}`,
    reason: `the verification ${verificationId} did not succeed: ${error?.reason ?? 'the verification is not recorded'}`,
    action: error?.action ?? 'Send a verification of the cluster, and read its result',
  })
}
