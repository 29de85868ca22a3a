/** Which operations can be sent again from their page, and how. What removes something is not among them. */
import type { components } from '../../../cli/api/types.ts'
import { answerOf } from './answer.ts'
import { api, type Operation, type OperationSummary } from './client.ts'
import { lookForDrift, verify, verifyWorkload } from './start.ts'
import { verifiedAlone } from './verified-alone.ts'

type SetupRequest = components['schemas']['SetupRequest']

/** Sends a request that starts an operation. */
export type Send = () => Promise<OperationSummary>

/** What sends the same request once more; undefined where the page does not do that. */
export function againOf({ kind, cluster, request }: Operation): Send | undefined {
  if (kind === 'setup' && isSetupRequest(request)) return () => answerOf(api.POST('/v1/setups', { body: request }))
  if (kind === 'plan' && isSetupRequest(request)) return () => answerOf(api.POST('/v1/plans', { body: request }))
  if (cluster === undefined) return undefined
  if (kind === 'drift') return () => lookForDrift(cluster)
  if (kind !== 'verification') return undefined
  const workload = verifiedAlone(request)
  return workload === undefined ? () => verify(cluster) : () => verifyWorkload({ cluster, ...workload })
}

/** The API checks a request. What it has recorded as one was checked already. */
function isSetupRequest(value: object): value is SetupRequest {
  return 'cluster' in value && 'workloads' in value
}
