import { type ClusterFacts, type ClusterStatus, noStatus } from '../../../lambdas/operations/record/record.ts'
import type { StepContext } from '../../../lambdas/steps/contract.ts'

/** The status of a cluster for which CheckCluster has found these facts. */
export function foundStatus(facts: Partial<ClusterFacts>): Pick<ClusterStatus, 'cluster'> {
  const issuerUrl = 'https://issuer.example'
  return { cluster: { issuerUrl, jwksUri: `${facts.issuerUrl ?? issuerUrl}/openid/v1/jwks`, ...facts } }
}

/** The context of a step, with a timeout of `deadlineMs`. */
export function stepContext(
  cluster: string,
  deadlineMs = 20_000,
  dryRun = false,
  status: Partial<ClusterStatus> = {},
): StepContext {
  const recorded = { conditions: {}, ...status }
  const signal = AbortSignal.timeout(deadlineMs)
  return { operationId: 'o', cluster, dryRun, status: recorded, workload: noStatus, signal, reportChange: () => {} }
}
