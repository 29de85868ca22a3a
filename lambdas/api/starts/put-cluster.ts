import type * as z from 'zod/mini'
import type { AuthorizationRequest } from '../../access/authorization-request.ts'
import { type RecordedCluster, readCluster } from '../../operations/record/cluster-record.ts'
import type { RequestedOperation } from '../../operations/start/start-operation.ts'
import { itemOf } from '../../ownership/ownership.ts'
import type { Workload } from '../../spec/setup-request.ts'
import {
  hiddenRemovalCheck,
  type SpecChange,
  sentWorkloadCheck,
  specChecks,
  unchangedSpecCheck,
  workloadResource,
} from '../access/checks.ts'
import { deployedAccess } from '../access/deployed-access.ts'
import { deployment } from '../deployment.ts'
import { readIfMatch } from '../if-match.ts'
import type { AllowedCall, ApiCall, Checks } from '../operation.ts'
import { clusterIn } from '../path-names.ts'
import { clusterPutQuery, readQuery } from '../queries.ts'
import { isRecordedSpec } from '../spec/recorded-spec.ts'
import { withRecordedWebhook } from '../spec/recorded-webhook.ts'
import { refuseImmutableChanges } from '../spec/refuse-immutable-changes.ts'
import { requireAuthorized, requireGeneration, requireRemovalsAllowed } from '../spec/removals.ts'
import { requestedClaims } from '../spec/requested-claims.ts'
import { readSpec, type SentSpec } from '../spec/sent-spec.ts'
import { refuseConflicts, replacedWorkloads, unchangedWorkloads, type WorkloadsChange } from '../spec/spec-change.ts'
import { setupOperation } from './setup-operation.ts'
import { starting } from './starting.ts'

interface Put extends SentSpec {
  readonly options: z.output<typeof clusterPutQuery>
}

/**
 * Replaces the spec of a cluster, including the workloads of one manager. If the body has no workloads, the recorded
 * ones stay. Unchanged workloads that the caller may not set up are not touched.
 */
export const handler = starting({
  authorizes: async (call) => {
    const name = clusterIn(call)
    const options = readQuery(clusterPutQuery, call.query)
    const recorded = await readCluster(name)
    const put = { ...readSpec(call, name, recorded), options }
    const authorized = changeOf(put, recorded)
    return { checks: checksOf(call, put, authorized), input: { put, authorized } }
  },
  requests: async (call, { put, authorized }) => {
    const { request, body, options } = put
    const generation = readIfMatch(call)
    const recorded = await refuseImmutableChanges(call, request)
    requireGeneration(generation, recorded)
    const change = changeOf(put, recorded)
    requireAuthorized(change, authorized)
    refuseConflicts(change)
    if (!options.dryRun) requireRemovalsAllowed(change.removed, { ...options, generation })
    const { request: filled, ...taken } = withRecordedWebhook(request, body, recorded?.cluster)
    const claims = await requestedClaims(call, filled, recorded)
    const requested = { ...filled, workloads: workloadsToSetUp(call, put, change) }
    const setup = setupOperation(call, requested, recorded, change.workloads)
    return options.dryRun ? { ...planOf(setup), ...taken } : { ...setup, ...taken, ...claims }
  },
})

/** A plan makes no claims, but is rejected for the same reasons as its setup. */
function planOf({ cluster, request }: RequestedOperation): RequestedOperation {
  return { kind: 'plan', ...(cluster !== undefined && { cluster }), request }
}

function changeOf(
  { request, body, keepsWorkloads, options }: Put,
  recorded: RecordedCluster | undefined,
): SpecChange & WorkloadsChange {
  const sent = { ...options, workloads: request.workloads }
  const change = keepsWorkloads ? unchangedWorkloads(recorded) : replacedWorkloads(recorded, sent)
  const ofCluster = !isRecordedSpec(request, body, recorded)
  const isNew = ofCluster || change.changed.length > 0 || !recorded?.cluster.spec.adopt
  return { ...change, ofCluster, adopts: request.adopt && isNew }
}

/**
 * The checks omit workloads that the caller may not see, because a denial names its objects. A spec that changes
 * nothing repairs drift: a caller that may set up one of its workloads may repair that one.
 */
function checksOf({ principal }: ApiCall, { request, options: { dryRun } }: Put, change: SpecChange): Checks {
  const { name } = request.cluster
  const access = deployedAccess()
  const may = (check: AuthorizationRequest) => access.decide(principal, check).allowed
  const seen = change.removed.filter((one) => may({ action: 'read-workload', resource: workloadResource(name, one) }))
  const [first, ...others] = [
    ...specChecks(request, { ...change, removed: seen }, { dryRun, deployment: deployment().name }),
    ...(seen.length < change.removed.length ? [hiddenRemovalCheck(name, dryRun)] : []),
  ]
  if (first) return [first, ...others]
  const repairs = request.workloads.map((workload) => sentWorkloadCheck(name, workload, dryRun))
  return [repairs.find(may) ?? unchangedSpecCheck(name, dryRun)]
}

/** The workloads of the spec that the operation sets up. Workloads of other managers are not in the request. */
function workloadsToSetUp(
  call: AllowedCall,
  { request, keepsWorkloads, options: { dryRun } }: Put,
  change: WorkloadsChange,
): Workload[] {
  const changed = new Set(change.changed.map(itemOf))
  const workloads = keepsWorkloads ? change.workloads.map(({ manager: _, ...one }) => one) : request.workloads
  return workloads.filter(
    (one) => changed.has(itemOf(one)) || call.maySee(sentWorkloadCheck(request.cluster.name, one, dryRun)),
  )
}
