import { requestHash, type SetupRequest } from '../domain/request.ts'
import type { CallersAsked } from './accept.ts'

/** A setup as it is asked for. */
export function askedSetup(request: SetupRequest): CallersAsked {
  const { workloads: _, ...asked } = request
  const { mode, namespace } = asked.webhook
  return {
    kind: 'setup',
    cluster: request.cluster.name,
    request: { ...request },
    requestHash: requestHash(request),
    change: {
      provider: request.cluster.provider,
      asked,
      ...(mode === 'install' && { webhookNamespace: namespace }),
    },
  }
}
