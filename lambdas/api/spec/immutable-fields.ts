/** Finds the fields of a request that would move something that setups have created. These fields are immutable. */

import type { RecordedCluster } from '../../operations/record/cluster-record.ts'
import { movedFrom } from '../../operations/record/issuer-move.ts'
import type { ClusterItem } from '../../operations/record/record.ts'
import { itemOf, type WorkloadRef } from '../../ownership/ownership.ts'
import { issueAt, type ValidationIssue } from '../../spec/issue.ts'
import type { SetupRequest } from '../../spec/setup-request.ts'
import { withRecordedIssuer } from './recorded-issuer.ts'

/** A field of a request that names the location of an object. */
interface ImmutableLocation {
  readonly path: readonly string[]
  readonly what: string
  /** The location that setups have used; undefined when no setup has used one. */
  readonly now: string | undefined
  /** The requested location. Undefined when the request names none: the location then stays the same. */
  readonly desired: string | undefined
}

/**
 * Each change of an immutable field in the request. The record stores one location for each field, so objects at the
 * old location would be orphaned.
 *
 * @param isVisible whether the caller may know the workload. Other workloads are only counted
 */
export function immutableChangesIn(
  request: SetupRequest,
  { cluster, workloads }: Pick<RecordedCluster, 'cluster' | 'workloads'>,
  isVisible: (workload: WorkloadRef) => boolean,
): readonly ValidationIssue[] {
  return [
    ...accountIssues(request, cluster),
    ...hostingIssues(request, cluster),
    ...leftBehind(request, cluster, { workloads, isVisible }),
    ...movedLocations(request, cluster),
  ]
}

/** The account cannot change once the provider exists, because the roles trust the provider's ARN. */
function accountIssues({ cluster: { awsAccountId } }: SetupRequest, { cluster, spec, status }: ClusterItem) {
  const { awsAccountId: now } = spec.cluster
  if (status.providerArn === undefined || awsAccountId === now) return []
  const stays = now === undefined ? 'omit the field' : `set it to ${now}`
  return [
    issueAt(
      ['cluster', 'awsAccountId'],
      `would orphan ${status.providerArn} and the roles that trust it: ${stays}, or tear the cluster down first (DELETE /v1/clusters/${cluster})`,
    ),
  ]
}

/**
 * A hosted issuer stays hosted after the first published key, even when no setup has succeeded. Without
 * `discovery.hosting`, no rotation would publish the keys of the cluster, and no teardown would delete its documents.
 */
function hostingIssues({ discovery }: SetupRequest, { cluster, spec, status }: ClusterItem): ValidationIssue[] {
  const isHosted = spec.discovery?.hosting !== undefined && status.publishedKeys !== undefined
  if (!isHosted || discovery?.hosting !== undefined) return []
  return [
    issueAt(
      ['discovery', 'hosting'],
      `is missing, but the deployment publishes the keys of this cluster, and its documents would be orphaned: set it to deployment, or tear the cluster down first (DELETE /v1/clusters/${cluster})`,
    ),
  ]
}

/**
 * A move to a hosted issuer includes all workloads of the cluster. The role of an omitted workload would trust the
 * former issuer alone, so AWS would reject its pods once the cluster uses the new issuer.
 */
function leftBehind(
  request: SetupRequest,
  recorded: ClusterItem,
  {
    workloads,
    isVisible,
  }: Pick<RecordedCluster, 'workloads'> & {
    readonly isVisible: (workload: WorkloadRef) => boolean
  },
): ValidationIssue[] {
  const { issuerUrl } = withRecordedIssuer(request, recorded).cluster
  if (request.discovery?.hosting === undefined || issuerUrl === undefined) return []
  const former = movedFrom(recorded.status, issuerUrl)
  if (former === undefined || former.trustedUntil !== undefined) return []
  const requested = new Set(request.workloads.map(itemOf))
  const missing = workloads.filter((workload) => !requested.has(itemOf(workload)))
  if (missing.length === 0) return []
  const visible = missing.filter(isVisible)
  const hidden = missing.length - visible.length
  const named = [...visible.map(itemOf), ...(hidden > 0 ? [`${hidden} that you may not see`] : [])].join(', ')
  return [
    issueAt(
      ['workloads'],
      `lacks ${named}, whose role trusts ${former.issuerUrl} alone: a move to the hosted issuer must include all workloads of the cluster. Add them, or remove them first (DELETE /v1/clusters/NAME/workloads/NAMESPACE/ACCOUNT)`,
    ),
  ]
}

/**
 * The fields that name another location than the last setup. Before a setup has succeeded, these locations may change,
 * because the first request may have named a wrong one. After a setup that installed no webhook, the status
 * has no namespace of a webhook to compare. The step DeployWebhook then rejects a second namespace (refuseMove).
 */
function movedLocations(request: SetupRequest, recorded: ClusterItem): readonly ValidationIssue[] {
  const { spec: before, status } = recorded
  if (status.verifiedAt === undefined) return []
  const locations: readonly ImmutableLocation[] = [
    {
      path: ['cluster', 'management', 'namespace'],
      what: 'the AWSCluster and its node pools are',
      now: before.cluster.management?.namespace,
      desired: request.cluster.management?.namespace,
    },
    {
      path: ['discovery', 'bucket'],
      what: 'the discovery documents are',
      now: before.discovery?.bucket,
      desired: request.discovery?.bucket,
    },
    {
      path: ['webhook', 'namespace'],
      what: 'the webhook is',
      now: typeof status.webhook?.namespace === 'string' ? status.webhook.namespace : undefined,
      desired: request.webhook.mode === 'install' ? request.webhook.namespace : undefined,
    },
  ]
  return locations.filter(isMove).map((location) => issueAt(location.path, moved(location, recorded.cluster)))
}

function isMove({ now, desired }: ImmutableLocation): boolean {
  return desired !== undefined && now !== undefined && now !== desired
}

function moved({ what, now, desired }: ImmutableLocation, name: string): string {
  return `is "${desired}", but ${what} in ${now} and would be orphaned: set it to ${now}, or tear the cluster down first (DELETE /v1/clusters/${name})`
}
