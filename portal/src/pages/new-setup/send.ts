/** What the wizard sends. */
import type { components } from '../../../../cli/api/types.ts'
import { answerOf } from '../../api/answer.ts'
import { api, type OperationSummary } from '../../api/client.ts'

/** What the form has made: the API checks it, and names each fault in it. */
export type Request = components['schemas']['SetupRequest']

export function isRequest(value: object): value is Request {
  return 'cluster' in value && 'workloads' in value
}

export function plan(body: Request): Promise<OperationSummary> {
  return answerOf(api.POST('/v1/plans', { body }))
}

/** @param key the same for each try to send this request */
export function setUp(body: Request, key: string): Promise<OperationSummary> {
  return answerOf(api.POST('/v1/setups', { body, params: { header: { 'Idempotency-Key': key } } }))
}

/** The Kubernetes rights that the request needs, as manifests in YAML. */
export function rightsFor(body: Request): Promise<string> {
  return answerOf<string>(api.POST('/v1/rights', { body, parseAs: 'text' }))
}
