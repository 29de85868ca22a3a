import type { NewOperation } from '../../lambdas/operations/operations.ts'
import type { OperationItem } from '../../lambdas/operations/record.ts'
import { alice } from './api.ts'
import { exampleRequest } from './requests.ts'

let made = 0

/** A new operation as startOperation records it, with some of its fields set otherwise. */
export function newOperation(
  fields: Partial<OperationItem> = {},
): NewOperation & { operation: OperationItem & { cluster: string } } {
  const number = String(made++).padStart(6, '0')
  const request = exampleRequest('setup')
  const { workloads: _, ...asked } = request
  return {
    operation: {
      operationId: `operation-${number}`,
      kind: 'setup',
      cluster: `cluster-${number}`,
      status: 'running',
      requestedBy: alice,
      createdAt: new Date().toISOString(),
      ...fields,
    },
    request: { ...request },
    change: { provider: request.cluster.provider, asked },
  }
}
