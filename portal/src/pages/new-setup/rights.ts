import { answerOf } from '../../api/answer.ts'
import { api } from '../../api/client.ts'
import type { SetupRequest } from '../../api/start.ts'

/** The Kubernetes rights that the request needs, as manifests in YAML. */
export function rightsFor(body: SetupRequest): Promise<string> {
  return answerOf<string>(api.POST('/v1/rights', { body, parseAs: 'text' }))
}
