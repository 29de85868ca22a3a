import { requestHash, type SetupRequest } from '../domain/request.ts'
import type { Answer, ApiCall } from '../middleware/operation.ts'
import { accept } from './accept.ts'

/** Starts a setup, and answers with the place where it is followed. @throws Refusal */
export function acceptSetup(call: ApiCall, request: SetupRequest): Promise<Answer> {
  const { workloads: _, ...asked } = request
  return accept(call, {
    kind: 'setup',
    cluster: request.cluster.name,
    request: { ...request },
    requestHash: requestHash(request),
    change: { provider: request.cluster.provider, asked },
  })
}
