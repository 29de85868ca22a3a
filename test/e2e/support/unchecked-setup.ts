import { parseSetupRequest } from '../../../lambdas/api/request/parse-setup.ts'
import { deployment } from '../../support/api/requests.ts'
import { putRecord, startExecution } from './aws-clients.ts'
import type { OperationAnswer } from './operation.ts'
import { leaveOperation } from './runs/lost-operation.ts'
import type { System } from './system.ts'

/**
 * Starts the state machine with a setup that the API has not checked, and waits for its end. Only the operation, the lock and the
 * cluster are recorded before.
 */
export async function setUpUnchecked(system: System, body: unknown): Promise<OperationAnswer> {
  // Without issuer hosts, the parser does not refuse the hosted issuer of another cluster.
  const parsed = parseSetupRequest(body, { ...deployment, issuerHosts: [] })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues))
  const { workloads: _, ...spec } = parsed.request
  const { name: cluster } = spec.cluster
  const createdAt = new Date().toISOString()
  const operationId = await leaveOperation(system, { kind: 'setup', cluster, createdAt })
  await putRecord(system, {
    ...{ pk: `CLUSTER#${cluster}`, sk: 'CLUSTER', listed: 'CLUSTERS', listedKey: cluster },
    ...{
      cluster,
      spec,
      status: { conditions: {} },
      generation: 1,
      lastOperationId: operationId,
      createdAt,
      updatedAt: createdAt,
    },
  })
  await startExecution(system, operationId, parsed.request)
  return system.ended(`/v1/operations/${operationId}`)
}
