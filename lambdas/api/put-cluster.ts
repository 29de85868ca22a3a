import * as z from 'zod/mini'
import { readCluster } from '../operations/cluster-record.ts'
import { desiredWorkloads, leaving } from '../operations/generation.ts'
import { hashOf } from '../operations/request-hash.ts'
import type { RequestedOperation } from '../operations/start-operation.ts'
import type { SetupRequest } from '../spec/parts.ts'
import { accept } from './accept.ts'
import { deployment } from './deployment.ts'
import { readIfMatch } from './if-match.ts'
import { operation, ProblemError } from './operation.ts'
import { maxRequestBytes, parseSetupRequest } from './parse-setup.ts'
import { clusterIn } from './path-names.ts'
import { invalidRequest, problem } from './problem.ts'
import { clusterPutQuery, readQuery } from './queries.ts'
import { plannedSpecQuestions, specQuestions } from './questions.ts'
import { readJson } from './read-json.ts'
import { isRecordedSpec } from './recorded-spec.ts'
import { withRecordedWebhook } from './recorded-webhook.ts'
import { refuseImmutableChanges } from './refuse-immutable-changes.ts'
import { requireGeneration, requirePermission } from './removals.ts'
import { requestedClaims } from './requested-claims.ts'
import { setupOperation } from './setup-operation.ts'

const maybeWithWorkloads = z.looseObject({ workloads: z.optional(z.unknown()) })

/** Replaces the spec of a cluster. Without workloads in the body, those of the spec stay. */
export const handler = operation({
  asks: async (call) => {
    const name = clusterIn(call)
    const body = readJson(call, maxRequestBytes)
    const options = readQuery(clusterPutQuery, call.query)
    const recorded = await readCluster(name)
    const request = parsed(name, withWorkloads(body, recorded ? desiredWorkloads(recorded) : []))
    const removed = leaving(recorded, request.workloads)
    const questions = options.dryRun
      ? plannedSpecQuestions(
          request,
          { removed, isRecorded: isRecordedSpec(request, body, recorded) },
          deployment().name,
        )
      : specQuestions(request, removed, deployment().name)
    return { questions, subject: { request, body, options, removed } }
  },
  runs: (call, { request, body, options, removed }) => {
    const generation = readIfMatch(call)
    return accept(call, hashOf(['put', request, options, generation]), async () => {
      const recorded = await refuseImmutableChanges(request)
      requireGeneration(generation, recorded)
      const leaves = leaving(recorded, request.workloads)
      if (!options.dryRun) requirePermission({ leaves, asked: removed }, { ...options, generation })
      const { request: filled, ...taken } = withRecordedWebhook(request, body, recorded?.cluster)
      const claims = await requestedClaims(call, filled, recorded)
      const setup = setupOperation(filled, recorded, filled.workloads)
      return options.dryRun ? { ...planOf(setup), ...taken } : { ...setup, ...taken, ...claims }
    })
  },
})

/** It claims nothing, and is refused what its setup would be refused. */
function planOf({ cluster, request }: RequestedOperation): RequestedOperation {
  return { kind: 'plan', ...(cluster !== undefined && { cluster }), request }
}

function withWorkloads(body: unknown, workloads: SetupRequest['workloads']): unknown {
  const sent = maybeWithWorkloads.safeParse(body)
  return sent.success && sent.data.workloads === undefined ? { ...sent.data, workloads } : body
}

function parsed(name: string, body: unknown): SetupRequest {
  const result = parseSetupRequest(body, deployment())
  if (!result.ok) throw new ProblemError(invalidRequest(result.issues))
  if (result.request.cluster.name === name) return result.request
  const detail = `The path names the cluster ${name}, and cluster.name is ${result.request.cluster.name}: give both the same name`
  throw new ProblemError(problem('invalid-request', { detail }))
}
