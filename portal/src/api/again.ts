/** Which operations can be sent again from their page, and how. What removes something is not among them. */
import type { components } from '../../../cli/api/types.ts'
import { type ActionName, type Place, placeOf } from './access.ts'
import { answerOf } from './answer.ts'
import { api, type Operation, type OperationSummary } from './client.ts'
import { lookForDrift, verify, verifyWorkload } from './start.ts'
import { verifiedAlone } from './verified-alone.ts'

type SetupRequest = components['schemas']['SetupRequest']

/** Sends a request that starts an operation. */
export type Send = () => Promise<OperationSummary>

export interface Again {
  readonly send: Send
  readonly action: ActionName
  readonly place: Place
}

/** What sends the same request once more; undefined where the page does not do that. */
export function againOf({ kind, cluster, namespaces, request }: Operation): Again | undefined {
  if (cluster === undefined) return undefined
  const place = { cluster }
  if (kind === 'setup' && isSetupRequest(request)) {
    return { action: 'start-setup', place, send: () => answerOf(api.POST('/v1/setups', { body: request })) }
  }
  if (kind === 'plan' && isSetupRequest(request)) {
    const send = () => answerOf(api.POST('/v1/plans', { body: request }))
    return { action: 'start-plan', place: placeOf(cluster, namespaces), send }
  }
  if (kind === 'drift') return { action: 'start-drift', place, send: () => lookForDrift(cluster) }
  return kind === 'verification' ? verificationAgain(cluster, request) : undefined
}

function verificationAgain(cluster: string, request: Operation['request']): Again {
  const action = 'start-verification'
  const workload = verifiedAlone(request)
  if (workload === undefined) return { action, place: { cluster }, send: () => verify(cluster) }
  const { namespace } = workload
  return { action, place: { cluster, namespace }, send: () => verifyWorkload({ cluster, ...workload }) }
}

/** The API checks a request. What it has recorded as one was checked already. */
function isSetupRequest(value: object): value is SetupRequest {
  return 'cluster' in value && 'workloads' in value
}
