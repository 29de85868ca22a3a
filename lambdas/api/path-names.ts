import { dnsLabel, dnsSubdomain } from '../spec/names.ts'
import type { ApiCall } from './operation.ts'
import { ProblemError, problem } from './problem.ts'

/**
 * The cluster in the path of a call. Invalid names are not looked up: DynamoDB rejects keys that are too long.
 *
 * @throws {ProblemError} 404 when the name is not valid
 */
export function clusterIn({ parameters: { cluster = '' } }: Pick<ApiCall, 'parameters'>): string {
  if (dnsLabel.pattern.test(cluster)) return cluster
  throw new ProblemError(problem('not-found', { detail: 'No cluster has such a name' }))
}

/**
 * The workload in the path of a call.
 *
 * @throws {ProblemError} 404 when a name is not valid
 */
export function workloadIn({ parameters: { namespace = '', serviceAccount = '' } }: ApiCall) {
  const isName = dnsLabel.pattern.test(namespace) && dnsSubdomain.pattern.test(serviceAccount)
  if (isName) return { namespace, serviceAccount }
  throw new ProblemError(problem('not-found', { detail: 'No workload has such a name' }))
}
