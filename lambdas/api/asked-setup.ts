import type { Asked } from '../clouds/aws/start-operation.ts'
import type { SetupRequest } from '../domain/request.ts'

/** A setup as it is asked for. */
export function askedSetup(request: SetupRequest): Asked {
  const { workloads: _, ...asked } = request
  return {
    kind: 'setup',
    cluster: request.cluster.name,
    request: { ...request },
    change: { provider: request.cluster.provider, asked },
  }
}
