/** What each operation asks before it acts, from its request. */

import { ownerOf } from '../../access/principal.ts'
import type { Question, Resource } from '../../access/question.ts'
import type { OperationItem } from '../../operations/record/record.ts'
import type { WorkloadRef } from '../../ownership/ownership.ts'
import { defaultRoleName } from '../../role/name.ts'
import type { SetupRequest, Workload } from '../../spec/parts.ts'
import type { TeardownOptions } from '../../workflows/teardown/teardown.ts'
import type { Questions } from '../operation.ts'
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

/** The one workload that a request names, or the whole cluster. */
export function chosenResource(cluster: string, workload: WorkloadRef | undefined): Resource {
  return workload ? workloadResource(cluster, workload) : clusterResource(cluster)
}

export function setupQuestions(request: SetupRequest, deployment: string): Questions {
  return [...clusterQuestions('start-setup', request), ...optionsOf(request, deployment)]
}

/** What a written spec asks for: of the cluster, of each workload that it changes, and of each that it removes. */
const writing = { ofCluster: 'put-cluster', ofWorkload: 'add-workload', ofRemoved: 'tear-down-workload' } as const
const planning = { ofCluster: 'start-plan', ofWorkload: 'start-plan', ofRemoved: 'start-plan' } as const

/** What a spec that is put changes. */
export interface SpecChange extends Pick<WorkloadsChange, 'changed' | 'removed'> {
  /** Whether anything of the cluster itself changes. */
  readonly ofCluster: boolean
  readonly adopts: boolean
}

/**
 * A spec that is put, or planned, asks for rights on what it changes alone: a file that has the workloads of other namespaces as they
 * are recorded can be sent by those who may change one namespace.
 */
export function specQuestions(
  request: SetupRequest,
  { ofCluster, changed, removed, adopts }: SpecChange,
  { dryRun, deployment }: { readonly dryRun: boolean; readonly deployment: string },
): Question[] {
  const { name } = request.cluster
  const actions = dryRun ? planning : writing
  const part = { ...request, workloads: [...changed], adopt: adopts }
  return [
    ...(ofCluster ? clusterQuestions(actions.ofCluster, part) : []),
    ...changed.map((workload) => sentWorkloadQuestion(name, workload, dryRun)),
    ...optionsOf(part, deployment),
    ...removed.map(
      (workload): Question => ({
        action: actions.ofRemoved,
        resource: workloadResource(name, workload),
        ...(dryRun && { policyArns: [] }),
      }),
    ),
  ]
}

/** Whether a workload may be set up, or planned, as it was sent in a spec. */
export function sentWorkloadQuestion(cluster: string, workload: Workload, dryRun: boolean): Question {
  const action = dryRun ? planning.ofWorkload : writing.ofWorkload
  return { action, resource: workloadResource(cluster, workload), policyArns: workload.role.policyArns }
}

/** Asked where workloads would leave the spec that the caller may not see: whoever may remove all may remove them. */
export function hiddenRemovalQuestion(cluster: string, dryRun: boolean): Question {
  const resource = clusterResource(cluster)
  return dryRun ? { action: 'start-plan', resource, policyArns: [] } : { action: 'tear-down-cluster', resource }
}

/** Asked of a spec that changes nothing, by callers who may set up none of its workloads. */
export function unchangedSpecQuestion(cluster: string, dryRun: boolean): Question {
  const action = dryRun ? planning.ofCluster : writing.ofCluster
  return { action, resource: clusterResource(cluster), policyArns: [] }
}

/**
 * A plan of a cluster as it is recorded is about its workloads alone, so that whoever may add them may plan them. A plan
 * of another cluster also reads with the credentials and from the addresses that it names.
 */
export function planQuestions(request: SetupRequest, isRecorded: boolean, deployment: string): Questions {
  const { name } = request.cluster
  const [first, ...others] = request.workloads.map((workload): Question => {
    const { policyArns } = workload.role
    return { action: 'start-plan', resource: workloadResource(name, workload), policyArns }
  })
  const asked = isRecorded && first ? ([first, ...others] as const) : clusterQuestions('start-plan', request)
  return [...asked, ...optionsOf(request, deployment)]
}

type RequestedWorkload = WorkloadRef & {
  readonly role: Pick<Workload['role'], 'inlinePolicy'> & {
    readonly name?: string | undefined
    readonly policyArns?: readonly string[] | undefined
  }
}

export function addedWorkloadQuestions(cluster: string, workload: RequestedWorkload, deployment: string): Questions {
  const resource = workloadResource(cluster, workload)
  return [
    { action: 'add-workload', resource, policyArns: workload.role.policyArns ?? [] },
    ...workloadOptions(cluster, workload, deployment),
  ]
}

export function clusterTeardownQuestions(cluster: string, { force, deleteCluster }: TeardownOptions): Questions {
  const resource = clusterResource(cluster)
  return [
    { action: 'tear-down-cluster', resource },
    ...(deleteCluster ? [{ action: 'delete-cluster', resource } as const] : []),
    ...(force ? [{ action: 'force', resource } as const] : []),
  ]
}

export function workloadTeardownQuestions(cluster: string, workload: WorkloadRef, force: boolean): Questions {
  const resource = workloadResource(cluster, workload)
  return [{ action: 'tear-down-workload', resource }, ...(force ? [{ action: 'force', resource } as const] : [])]
}

export function revocationQuestions(cluster: string, { force }: { readonly force: boolean }): Questions {
  const resource = clusterResource(cluster)
  return [{ action: 'revoke-signing-key', resource }, ...(force ? [{ action: 'force', resource } as const] : [])]
}

/** The normal form of a request names no account but those of others. */
function clusterQuestions(
  action: 'start-setup' | 'start-plan' | 'put-cluster',
  { cluster: { name, awsAccountId }, workloads }: SetupRequest,
): Questions {
  const resource = clusterResource(name)
  const policyArns = workloads.flatMap(({ role }) => role.policyArns)
  return [
    { action, resource, policyArns: [...new Set(policyArns)] },
    ...(awsAccountId === undefined ? [] : [{ action: 'use-account', resource, awsAccountId } as const]),
  ]
}

function optionsOf({ cluster, workloads, adopt }: SetupRequest, deployment: string): Question[] {
  return [
    ...(adopt ? [{ action: 'adopt', resource: clusterResource(cluster.name) } as const] : []),
    ...workloads.flatMap((workload) => workloadOptions(cluster.name, workload, deployment)),
  ]
}

function workloadOptions(cluster: string, workload: RequestedWorkload, deployment: string): Question[] {
  const { role } = workload
  const resource = workloadResource(cluster, workload)
  const isNamed = role.name !== undefined && role.name !== defaultRoleName(deployment, cluster, workload)
  return [
    ...(isNamed ? [{ action: 'name-role', resource } as const] : []),
    ...(role.inlinePolicy === undefined ? [] : [{ action: 'use-inline-policy', resource } as const]),
  ]
}
