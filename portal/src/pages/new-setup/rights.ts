import { answerOf } from '../../../../client/answer.ts'
import type { SetupRequest } from '../../../../client/api.ts'
import { api } from '../../api/client.ts'

/** The Kubernetes rights that the request needs, as manifests in YAML. */
export function rightsFor(body: SetupRequest): Promise<string> {
  return answerOf<string>(api.POST('/v1/rights', { body, parseAs: 'text' }))
}
