import * as z from 'zod/mini'
import type { Question } from '../access/question.ts'
import { type RecordedCluster, readCluster } from '../operations/cluster-record.ts'
import { desiredWorkloads } from '../operations/generation.ts'
import { hashOf } from '../operations/request-hash.ts'
import type { RequestedOperation } from '../operations/start-operation.ts'
import { itemOf } from '../ownership/ownership.ts'
import type { SetupRequest, Workload } from '../spec/parts.ts'
import { accept } from './accept.ts'
import { deployedAccess } from './deployed-access.ts'
import { deployment } from './deployment.ts'
import { readIfMatch } from './if-match.ts'
import { type AllowedCall, type ApiCall, operation, ProblemError, type Questions } from './operation.ts'
import { maxRequestBytes, parseSetupRequest } from './parse-setup.ts'
import { clusterIn } from './path-names.ts'
import { invalidRequest, problem } from './problem.ts'
import { clusterPutQuery, readQuery } from './queries.ts'
import {
  hiddenRemovalQuestion,
  type SpecChange,
  sentWorkloadQuestion,
  specQuestions,
  unchangedSpecQuestion,
  workloadResource,
} from './questions.ts'
import { readJson } from './read-json.ts'
import { isRecordedSpec } from './recorded-spec.ts'
import { withRecordedWebhook } from './recorded-webhook.ts'
import { refuseImmutableChanges } from './refuse-immutable-changes.ts'
import { requireAsked, requireGeneration, requirePermission } from './removals.ts'
import { requestedClaims } from './requested-claims.ts'
import { setupOperation } from './setup-operation.ts'
import { refuseConflicts, replacedWorkloads, unchangedWorkloads, type WorkloadsChange } from './spec-change.ts'

const maybeWithWorkloads = z.looseObject({ workloads: z.optional(z.unknown()) })

/** A spec as it was sent, with its options. */
interface Put {
  /** Without workloads in the body, with those of the spec. */
  readonly request: SetupRequest
  readonly body: unknown
  readonly options: z.output<typeof clusterPutQuery>
}

/**
 * Replaces the spec of a cluster, and in it the workloads of one manager. Without workloads in the body, those of the spec stay. An
 * unchanged workload that the caller may not set up is left as it is.
 */
export const handler = operation({
  asks: async (call) => {
    const name = clusterIn(call)
    const body = readJson(call, maxRequestBytes)
    const options = readQuery(clusterPutQuery, call.query)
    const recorded = await readCluster(name)
    const put = { request: parsed(name, body, recorded), body, options }
    const asked = changeOf(put, recorded)
    return { questions: questionsOf(call, put, asked), subject: { put, asked } }
  },
  runs: (call, { put, asked }) => {
    const { request, body, options } = put
    const generation = readIfMatch(call)
    // Without the workloads of the record, which may have changed when the same request comes again.
    const sent = lacksWorkloads(body) ? { ...request, workloads: null } : request
    return accept(call, hashOf(['put', sent, options, generation]), async () => {
      const recorded = await refuseImmutableChanges(request)
      requireGeneration(generation, recorded)
      const change = changeOf(put, recorded)
      requireAsked(change, asked)
      refuseConflicts(change)
      if (!options.dryRun) requirePermission(change.removed, { ...options, generation })
      const { request: filled, ...taken } = withRecordedWebhook(request, body, recorded?.cluster)
      const claims = await requestedClaims(call, filled, recorded)
      const setup = setupOperation(
        call,
        { ...filled, workloads: covered(call, put, change) },
        recorded,
        change.workloads,
      )
      return options.dryRun ? { ...planOf(setup), ...taken } : { ...setup, ...taken, ...claims }
    })
  },
})

/** It claims nothing, and is refused what its setup would be refused. */
function planOf({ cluster, request }: RequestedOperation): RequestedOperation {
  return { kind: 'plan', ...(cluster !== undefined && { cluster }), request }
}

function changeOf(
  { request, body, options }: Put,
  recorded: RecordedCluster | undefined,
): SpecChange & WorkloadsChange {
  const sent = { ...options, workloads: request.workloads }
  const change = lacksWorkloads(body) ? unchangedWorkloads(recorded) : replacedWorkloads(recorded, sent)
  const ofCluster = !isRecordedSpec(request, body, recorded)
  const isNew = ofCluster || change.changed.length > 0 || !recorded?.cluster.spec.adopt
  return { ...change, ofCluster, adopts: request.adopt && isNew }
}

/**
 * A refusal names what it is about: not workloads that the caller may not see. A spec that changes nothing repairs what differs from it:
 * whoever may set up one of its workloads may repair that one.
 */
function questionsOf({ principal }: ApiCall, { request, options: { dryRun } }: Put, change: SpecChange): Questions {
  const { name } = request.cluster
  const access = deployedAccess()
  const may = (question: Question) => access.decide(principal, question).allowed
  const seen = change.removed.filter((one) => may({ action: 'read-workload', resource: workloadResource(name, one) }))
  const [first, ...others] = [
    ...specQuestions(request, { ...change, removed: seen }, { dryRun, deployment: deployment().name }),
    ...(seen.length < change.removed.length ? [hiddenRemovalQuestion(name, dryRun)] : []),
  ]
  if (first) return [first, ...others]
  const repairs = request.workloads.map((workload) => sentWorkloadQuestion(name, workload, dryRun))
  return [repairs.find(may) ?? unchangedSpecQuestion(name, dryRun)]
}

/** The workloads of the spec that the operation sets up. Those of other managers were not sent. */
function covered(call: AllowedCall, { request, body, options: { dryRun } }: Put, change: WorkloadsChange): Workload[] {
  const changed = new Set(change.changed.map(itemOf))
  const workloads = lacksWorkloads(body) ? change.workloads.map(({ manager: _, ...one }) => one) : request.workloads
  return workloads.filter(
    (one) => changed.has(itemOf(one)) || call.sees(sentWorkloadQuestion(request.cluster.name, one, dryRun)),
  )
}

function lacksWorkloads(body: unknown): boolean {
  const sent = maybeWithWorkloads.safeParse(body)
  return sent.success && sent.data.workloads === undefined
}

/** The workloads of the spec are not validated again: there may be more than a request may have, and the caller may not see all. */
function parsed(name: string, body: unknown, recorded: RecordedCluster | undefined): SetupRequest {
  const sent = maybeWithWorkloads.safeParse(body)
  const isWithout = sent.success && lacksWorkloads(body)
  const result = parseSetupRequest(isWithout ? { ...sent.data, workloads: [] } : body, deployment())
  if (!result.ok) throw new ProblemError(invalidRequest(result.issues))
  const { request } = result
  if (request.cluster.name === name) {
    return isWithout && recorded ? { ...request, workloads: desiredWorkloads(recorded) } : request
  }
  const detail = `The path names the cluster ${name}, and cluster.name is ${request.cluster.name}: give both the same name`
  throw new ProblemError(problem('invalid-request', { detail }))
}
