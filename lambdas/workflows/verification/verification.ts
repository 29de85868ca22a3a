/** The request of a verification, and the input of its workflow. */
import * as z from 'zod/mini'
import type { RecordedCluster } from '../../operations/record/cluster-record.ts'
import type { ClusterStatus, WorkloadItem } from '../../operations/record/record.ts'
import { refusedToday } from '../../proof/refusals.ts'
import { objectOf } from '../../spec/format.ts'
import { workloadFields } from '../../spec/setup-request.ts'
import { appliedWorkload } from '../applied-workload.ts'
import { fitsWorkflow } from '../workflow-input.ts'

export const verificationBody = z.strictObject({
  workload: z.exactOptional(
    objectOf('The only workload to verify. If absent, all workloads are verified', workloadFields),
  ),
})

export type VerificationBody = z.output<typeof verificationBody>

/**
 * The input of the workflow `verify`, for one workload or all: the spec of the cluster, the last applied roles of its
 * workloads, and the recorded facts. Returns a refusal when no setup has succeeded for the cluster or for a chosen
 * workload, or when the input is too large for a workflow.
 *
 * @param automaticAt the current time. Set only for automatic verifications. They do not repeat the test with
 *   tokens that STS must refuse, if STS has refused such tokens for the role on the same day (UTC), and neither the
 *   role nor its provider has changed since
 */
export function verificationRequest(
  { cluster, workloads: recorded }: Pick<RecordedCluster, 'cluster' | 'workloads'>,
  chosenWorkload: VerificationBody['workload'],
  automaticAt?: Date,
): { readonly request: Readonly<Record<string, unknown>> } | { readonly refused: string } {
  const workloads = recorded.filter(({ spec }) => spec)
  const chosen = chosenWorkload
    ? workloads.filter((each) => isNamed(each, chosenWorkload))
    : workloads.filter(({ status }) => status.role)
  const incomplete = chosen.find((each) => !appliedWorkload(each))
  const { spec, status } = cluster
  if (status.verifiedAt === undefined || chosen.length === 0 || incomplete) {
    return { refused: `No setup of ${incomplete ? nameOf(incomplete) : cluster.cluster} has succeeded: send a setup` }
  }
  const request = {
    cluster: spec.cluster,
    ...(spec.discovery && { discovery: spec.discovery }),
    providerArn: status.providerArn,
    installed: status.webhook,
    workloads: chosen.flatMap((each) => {
      const applied = appliedWorkload(each)
      return applied ? { ...applied, ...(automaticAt && refusalsThatHold(each, status, automaticAt)) } : []
    }),
    all: chosenWorkload === undefined,
  }
  if (fitsWorkflow(request)) return { request }
  return {
    refused: `The cluster has ${chosen.length} workloads, too many for one verification: name one workload in each request`,
  }
}

function refusalsThatHold(
  { status: { role, refusedAt } }: WorkloadItem,
  { providerChangedAt }: ClusterStatus,
  now: Date,
): { readonly refusedAt?: string } {
  const held = refusedToday({ refusedAt, changedAts: [role?.changedAt, providerChangedAt] }, now)
  return held === undefined ? {} : { refusedAt: held }
}

function isNamed(each: WorkloadItem, { namespace, serviceAccount }: { namespace: string; serviceAccount: string }) {
  return each.namespace === namespace && each.serviceAccount === serviceAccount
}

function nameOf({ namespace, serviceAccount }: WorkloadItem): string {
  return `${namespace}/${serviceAccount}`
}
