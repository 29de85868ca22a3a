import { readCluster } from '../../operations/record/cluster-record.ts'
import { hashOf } from '../../operations/record/hash.ts'
import { startOperation } from '../../operations/start/start-operation.ts'
import type { StepRun } from '../../steps/contract.ts'
import { step } from '../../steps/step.ts'
import { verificationRequest } from '../verification/verification.ts'
import { description } from './begin-verification.step.ts'

/**
 * Starts a verification of all workloads of the cluster. It is a separate operation, because one execution has no room
 * for the proofs of many clusters. Returns the ID of the verification, or why nothing is verified. A retry returns the
 * same ID. The verification does not try wrong tokens for a role whose wrong tokens STS has refused on the same day
 * (refusedToday).
 */
export const run: StepRun<typeof description> = async (_, { operationId, cluster }) => {
  const recorded = await readCluster(cluster)
  const input = recorded && verificationRequest(recorded, undefined, new Date())
  if (!input || 'refused' in input)
    return { output: { notVerified: input?.refused ?? 'The table has no record of the cluster' }, changes: [] }
  const requestHash = hashOf(['rotation', operationId, cluster])
  const call = { requestHash, requestedBy: `rotation ${operationId}`, idempotencyKey: cluster }
  const started = await startOperation(call, async () => ({ kind: 'verification', cluster, request: input.request }))
  const verificationId = 'operation' in started ? started.operation.operationId : started.operationId
  return { output: { verificationId }, changes: [] }
}

export const handler = step(description, run)
