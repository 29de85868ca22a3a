import * as z from 'zod/mini'
import type { RecordedCluster } from '../../operations/record/cluster-record.ts'
import { desiredWorkloads } from '../../operations/record/generation.ts'
import type { SetupRequest } from '../../spec/setup-request.ts'
import { deployment } from '../deployment.ts'
import type { ApiCall } from '../operation.ts'
import { invalidRequest, ProblemError, problem } from '../problem.ts'
import { maxRequestBytes, parseSetupRequest } from '../request/parse-setup.ts'
import { readJson } from '../request/read-json.ts'

export interface SentSpec {
  /** If the body has no workloads, the request contains the recorded workloads. */
  readonly request: SetupRequest
  readonly body: unknown
  /** Whether the body has no workloads. The recorded workloads then stay. */
  readonly keepsWorkloads: boolean
}

const maybeWithWorkloads = z.looseObject({ workloads: z.optional(z.unknown()) })

/**
 * The spec in the body of a call. It does not validate recorded workloads again, because the caller may lack permission
 * to see them.
 *
 * @param name of the cluster, in the path
 * @throws {ProblemError} 400 when the body is not a spec of this cluster
 */
export function readSpec(call: ApiCall, name: string, recorded: RecordedCluster | undefined): SentSpec {
  const body = readJson(call, maxRequestBytes)
  const { data } = maybeWithWorkloads.safeParse(body)
  const keepsWorkloads = data !== undefined && data.workloads === undefined
  const result = parseSetupRequest(keepsWorkloads ? { ...data, workloads: [] } : body, deployment())
  if (!result.ok) throw new ProblemError(invalidRequest(result.issues))
  const { request } = result
  if (request.cluster.name !== name) throw otherCluster(name, request.cluster.name)
  const workloads = keepsWorkloads && recorded ? desiredWorkloads(recorded) : request.workloads
  return { request: { ...request, workloads }, body, keepsWorkloads }
}

function otherCluster(name: string, sent: string): ProblemError {
  const detail = `The path names the cluster ${name}, and cluster.name is ${sent}: give both the same name`
  return new ProblemError(problem('invalid-request', { detail }))
}
