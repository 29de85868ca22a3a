import { type ClusterFacts, type ClusterStatus, noStatus } from '../../../lambdas/operations/record/record.ts'
import type { StepContext } from '../../../lambdas/steps/contract.ts'

/** The status of a cluster of which CheckCluster has found this. */
export function foundStatus(facts: Partial<ClusterFacts>): Pick<ClusterStatus, 'cluster'> {
  const issuerUrl = 'https://issuer.example'
  return { cluster: { issuerUrl, jwksUri: `${facts.issuerUrl ?? issuerUrl}/openid/v1/jwks`, ...facts } }
}

/** What a step is told besides its input, for as long as `deadlineMs`. */
export function stepContext(
  cluster: string,
  deadlineMs = 20_000,
  dryRun = false,
  status: Partial<ClusterStatus> = {},
): StepContext {
  const recorded = { conditions: {}, ...status }
  const signal = AbortSignal.timeout(deadlineMs)
  return { operationId: 'o', cluster, dryRun, status: recorded, workload: noStatus, signal, made: () => {} }
}
