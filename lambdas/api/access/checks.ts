/** The authorization checks of each operation, derived from its request. */

import type { AuthorizationRequest, Resource } from '../../access/authorization-request.ts'
import { ownerOf } from '../../access/principal.ts'
import type { OperationItem } from '../../operations/record/record.ts'
import type { WorkloadRef } from '../../ownership/ownership.ts'
import { defaultRoleName } from '../../role/name.ts'
import type { SetupRequest, Workload } from '../../spec/setup-request.ts'
import type { TeardownOptions } from '../../workflows/teardown/teardown.ts'
import type { Checks } from '../operation.ts'
import type { WorkloadsChange } from '../spec/spec-change.ts'

export const deploymentResource: Resource = { type: 'Deployment' }

export function clusterResource(cluster: string): Resource {
  return { type: 'Cluster', cluster }
}

export function workloadResource(cluster: string, { namespace, serviceAccount }: WorkloadRef): Resource {
  return { type: 'Workload', cluster, namespace, serviceAccount }
}

export function operationResource(operation: OperationItem): Resource {
  const { operationId, kind, cluster, namespaces = [], requestedBy } = operation
  return { type: 'Operation', operationId, kind, cluster, namespaces, owner: ownerOf(requestedBy) }
}

/** The workload that a request names, or the cluster if it names no workload. */
export function chosenResource(cluster: string, workload: WorkloadRef | undefined): Resource {
  return workload ? workloadResource(cluster, workload) : clusterResource(cluster)
}

export function setupChecks(request: SetupRequest, deployment: string): Checks {
  return [...clusterChecks('start-setup', request), ...optionsOf(request, deployment)]
}

/** The actions of a PUT or plan of a spec: on the cluster, on each changed workload, and on each removed workload. */
const writing = { ofCluster: 'put-cluster', ofWorkload: 'add-workload', ofRemoved: 'tear-down-workload' } as const
const planning = { ofCluster: 'start-plan', ofWorkload: 'start-plan', ofRemoved: 'start-plan' } as const

export interface SpecChange extends Pick<WorkloadsChange, 'changed' | 'removed'> {
  /** Whether a field of the cluster itself changes. */
  readonly ofCluster: boolean
  readonly adopts: boolean
}

/**
 * A PUT or plan of a spec needs permissions for its changes alone. So a caller that may change one namespace can send a
 * file with the unchanged workloads of other namespaces.
 */
export function specChecks(
  request: SetupRequest,
  { ofCluster, changed, removed, adopts }: SpecChange,
  { dryRun, deployment }: { readonly dryRun: boolean; readonly deployment: string },
): AuthorizationRequest[] {
  const { name } = request.cluster
  const actions = dryRun ? planning : writing
  const part = { ...request, workloads: [...changed], adopt: adopts }
  return [
    ...(ofCluster ? clusterChecks(actions.ofCluster, part) : []),
    ...changed.map((workload) => sentWorkloadCheck(name, workload, dryRun)),
    ...optionsOf(part, deployment),
    ...removed.map(
      (workload): AuthorizationRequest => ({
        action: actions.ofRemoved,
        resource: workloadResource(name, workload),
        ...(dryRun && { policyArns: [] }),
      }),
    ),
  ]
}

/** Whether the caller may set up or plan a workload of a spec. */
export function sentWorkloadCheck(cluster: string, workload: Workload, dryRun: boolean): AuthorizationRequest {
  const action = dryRun ? planning.ofWorkload : writing.ofWorkload
  return { action, resource: workloadResource(cluster, workload), policyArns: workload.role.policyArns }
}

/** The check for removed workloads that the caller may not see: a teardown, or in a dry run a plan, of the cluster. */
export function hiddenRemovalCheck(cluster: string, dryRun: boolean): AuthorizationRequest {
  const resource = clusterResource(cluster)
  return dryRun ? { action: 'start-plan', resource, policyArns: [] } : { action: 'tear-down-cluster', resource }
}

/** The check for a spec that changes nothing, by callers that may set up none of its workloads. */
export function unchangedSpecCheck(cluster: string, dryRun: boolean): AuthorizationRequest {
  const action = dryRun ? planning.ofCluster : writing.ofCluster
  return { action, resource: clusterResource(cluster), policyArns: [] }
}

/**
 * If the request changes nothing but workloads, its plan needs permissions for the workloads alone. So a caller that
 * may add workloads may plan them. Any other plan uses credentials and addresses of the request, and needs a permission
 * for the cluster.
 *
 * @param isRecorded whether the request equals the record, apart from the workloads
 */
export function planChecks(request: SetupRequest, isRecorded: boolean, deployment: string): Checks {
  const { name } = request.cluster
  const [first, ...others] = request.workloads.map((workload): AuthorizationRequest => {
    const { policyArns } = workload.role
    return { action: 'start-plan', resource: workloadResource(name, workload), policyArns }
  })
  const checks = isRecorded && first ? ([first, ...others] as const) : clusterChecks('start-plan', request)
  return [...checks, ...optionsOf(request, deployment)]
}

type RequestedWorkload = WorkloadRef & {
  readonly role: Pick<Workload['role'], 'inlinePolicy'> & {
    readonly name?: string | undefined
    readonly policyArns?: readonly string[] | undefined
  }
}

export function addedWorkloadChecks(cluster: string, workload: RequestedWorkload, deployment: string): Checks {
  const resource = workloadResource(cluster, workload)
  return [
    { action: 'add-workload', resource, policyArns: workload.role.policyArns ?? [] },
    ...workloadOptions(cluster, workload, deployment),
  ]
}

export function clusterTeardownChecks(cluster: string, { force, deleteCluster }: TeardownOptions): Checks {
  const resource = clusterResource(cluster)
  return [
    { action: 'tear-down-cluster', resource },
    ...(deleteCluster ? [{ action: 'delete-cluster', resource } as const] : []),
    ...(force ? [{ action: 'force', resource } as const] : []),
  ]
}

export function workloadTeardownChecks(cluster: string, workload: WorkloadRef, force: boolean): Checks {
  const resource = workloadResource(cluster, workload)
  return [{ action: 'tear-down-workload', resource }, ...(force ? [{ action: 'force', resource } as const] : [])]
}

export function revocationChecks(cluster: string, { force }: { readonly force: boolean }): Checks {
  const resource = clusterResource(cluster)
  return [{ action: 'revoke-signing-key', resource }, ...(force ? [{ action: 'force', resource } as const] : [])]
}

/** Checks an account only if the request names it. The normal form omits the deployment's own account. */
function clusterChecks(
  action: 'start-setup' | 'start-plan' | 'put-cluster',
  { cluster: { name, awsAccountId }, workloads }: SetupRequest,
): Checks {
  const resource = clusterResource(name)
  const policyArns = workloads.flatMap(({ role }) => role.policyArns)
  return [
    { action, resource, policyArns: [...new Set(policyArns)] },
    ...(awsAccountId === undefined ? [] : [{ action: 'use-account', resource, awsAccountId } as const]),
  ]
}

function optionsOf({ cluster, workloads, adopt }: SetupRequest, deployment: string): AuthorizationRequest[] {
  return [
    ...(adopt ? [{ action: 'adopt', resource: clusterResource(cluster.name) } as const] : []),
    ...workloads.flatMap((workload) => workloadOptions(cluster.name, workload, deployment)),
  ]
}

function workloadOptions(cluster: string, workload: RequestedWorkload, deployment: string): AuthorizationRequest[] {
  const { role } = workload
  const resource = workloadResource(cluster, workload)
  const isNamed = role.name !== undefined && role.name !== defaultRoleName(deployment, cluster, workload)
  return [
    ...(isNamed ? [{ action: 'name-role', resource } as const] : []),
    ...(role.inlinePolicy === undefined ? [] : [{ action: 'use-inline-policy', resource } as const]),
  ]
}
