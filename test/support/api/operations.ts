import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb'
import type { NewGeneration } from '../../../lambdas/operations/record/generation.ts'
import type {
  ClusterFacts,
  ClusterSpec,
  ClusterStatus,
  OperationItem,
  RoleRecord,
} from '../../../lambdas/operations/record/record.ts'
import type { NewOperation, recordOperation as Recording } from '../../../lambdas/operations/start/record-operation.ts'
import type { WorkloadRef } from '../../../lambdas/ownership/ownership.ts'
import type { Workload } from '../../../lambdas/spec/setup-request.ts'
import { alice } from './alice.ts'
import { type Example, exampleRequest } from './requests.ts'

let made = 0

/** A new operation as startOperation records it. `fields` replaces some of its fields. */
export function newOperation(
  fields: Partial<OperationItem> = {},
): NewOperation & { operation: OperationItem & { cluster: string } } {
  const number = String(made++).padStart(6, '0')
  const request = exampleRequest('setup')
  const { workloads: _, ...spec } = request
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
    change: firstGeneration(spec),
  }
}

/** The first generation of the spec of a cluster. */
export function firstGeneration(spec: ClusterSpec, workloads: readonly Workload[] = []): NewGeneration {
  return { generation: 1, spec, workloads: workloads.map((one) => ({ ...one, manager: 'api' })) }
}

/** The spec of an example's request, for another cluster, or with other parts of it. */
export function exampleSpec(
  example: Example,
  { cluster, ...parts }: Partial<Omit<ClusterSpec, 'cluster'>> & { cluster?: Partial<ClusterSpec['cluster']> } = {},
): ClusterSpec {
  const { workloads: _, ...spec } = exampleRequest(example)
  return { ...spec, cluster: { ...spec.cluster, ...cluster }, ...parts }
}

/** The recorded results of a cluster whose setup has succeeded. */
export interface SetUpAs {
  readonly facts?: Partial<ClusterFacts>
  readonly providerArn?: string
  readonly webhook?: { readonly mode: string; readonly [field: string]: unknown }
}

/** Records an operation that is based on the newest record of its cluster. */
export async function recordNext(made: NewOperation): ReturnType<typeof Recording> {
  const { readCluster } = await import('../../../lambdas/operations/record/cluster-record.ts')
  const { recordOperation } = await import('../../../lambdas/operations/start/record-operation.ts')
  const recorded = await readCluster(made.operation.cluster ?? '')
  return recordOperation({ ...made, ...(recorded && { expectedLastOperation: recorded.cluster.lastOperationId }) })
}

export const foundCluster = { issuerUrl: 'https://issuer.example', jwksUri: 'https://issuer.example/jwks' }

/** The status of a cluster whose setup has succeeded. */
export function setUpStatus({ facts, providerArn = 'arn:p', webhook = { mode: 'none' } }: SetUpAs = {}): ClusterStatus {
  return {
    cluster: { ...foundCluster, ...facts },
    providerArn,
    webhook,
    verifiedAt: '2026-11-25T12:00:00.000Z',
    conditions: {},
  }
}

/** Records the results of a cluster's setup, as its steps do, and its success. */
export async function recordSetUpAs(cluster: string, as: SetUpAs = {}): Promise<void> {
  const { writeStatus } = await import('../../../lambdas/operations/record/status-record.ts')
  const { succeededSetupWrite } = await import('../../../lambdas/operations/record/cluster-record.ts')
  const { keys, table } = await import('../../../lambdas/operations/record/table.ts')
  await writeStatus(keys.cluster(cluster), {}, { ...setUpStatus(as) })
  await table.send(
    new TransactWriteCommand({ TransactItems: [succeededSetupWrite(cluster, { conditions: {} }, undefined)] }),
  )
}

export interface EndedSetup extends SetUpAs {
  readonly example?: Example
  readonly reconcile?: ClusterSpec['reconcile']
  /** With requested fields of the role. */
  readonly workloads?: readonly (WorkloadRef & { readonly role?: object })[]
}

/** Records the successful setup of another cluster, and returns the cluster's name. */
export async function recordEndedSetup({
  example = 'setup',
  reconcile = 'report',
  workloads = [],
  ...as
}: EndedSetup = {}): Promise<string> {
  const { endOperation } = await import('../../../lambdas/operations/record/operations.ts')
  const { recordOperation } = await import('../../../lambdas/operations/start/record-operation.ts')
  const { operation, request } = newOperation()
  const { cluster } = operation
  const specs = workloads.map(({ namespace, serviceAccount, role }) => ({
    namespace,
    serviceAccount,
    role: { name: serviceAccount, policyArns: [], maxSessionSeconds: 3600, ...role },
  }))
  const outcome = await recordOperation({
    operation,
    request,
    change: firstGeneration(exampleSpec(example, { cluster: { name: cluster }, reconcile }), specs),
  })
  if (outcome !== 'recorded') throw new Error(`the setup of ${cluster} is not recorded: ${outcome}`)
  for (const { role, ...ref } of specs) {
    await recordRole(cluster, ref, { roleName: role.name, roleArn: `arn:${ref.serviceAccount}`, applied: role })
  }
  await recordSetUpAs(cluster, as)
  await endOperation(operation, { status: 'succeeded' })
  return cluster
}

/** Records the cluster, as its first setup does, unless it is already recorded. */
export async function recordCluster(cluster: string): Promise<void> {
  const { readClusterStatus } = await import('../../../lambdas/operations/record/cluster-record.ts')
  const { recordOperation } = await import('../../../lambdas/operations/start/record-operation.ts')
  if (!(await readClusterStatus(cluster))) await recordOperation(newOperation({ cluster }))
}

/** Records a workload, and its role as create-role does. */
export async function recordRole(cluster: string, ref: WorkloadRef, role: Partial<RoleRecord> = {}): Promise<void> {
  const records = await import('../../../lambdas/operations/record/workload-record.ts')
  const record = { roleName: 'r', roleArn: 'arn:r', policyArns: [], ...role }
  await records.addWorkloadsToList({ cluster: { name: cluster }, workloads: [ref] })
  await records.writeRoleRecord(cluster, ref, record, undefined)
}
