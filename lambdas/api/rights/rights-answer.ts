import type * as z from 'zod/mini'
import { managementFile, type RightsFile, userClusterFile } from '../../rights/files.ts'
import { purposeOf } from '../../rights/manifests.ts'
import { NoRights } from '../../rights/no-rights.ts'
import { setupOf } from '../../rights/setup.ts'
import type { SetupRequest } from '../../spec/parts.ts'
import type { Answer } from '../operation.ts'
import { ProblemError, problem } from '../problem.ts'
import type { rightsQuery } from '../queries.ts'

/** Where an answer's request and its knowledge of the cluster are from. */
export interface RightsSource {
  readonly request: SetupRequest
  /** Of the cluster's Kubernetes: 20 for 1.20. Left out when no setup has seen it. */
  readonly minor?: number | undefined
  /** Whether rotations renew the credentials that the query is about. Left out when no step has read them. */
  readonly renewed?: boolean | undefined
  /** Method and path of the call, which the first lines of the manifests name. */
  readonly call: string
}

/**
 * The manifests of the rights that setups of this request need.
 *
 * @throws {ProblemError} 409 when there are no such rights
 */
export function rightsAnswer(query: z.output<typeof rightsQuery>, source: RightsSource): Answer {
  const { text, objects } = fileOf(query, source)
  if (query.format === 'json') return { status: 200, body: { apiVersion: 'v1', kind: 'List', items: objects } }
  return { status: 200, text, mediaType: 'application/yaml' }
}

function fileOf(
  query: z.output<typeof rightsQuery>,
  { request, minor, renewed = false, call }: RightsSource,
): RightsFile {
  try {
    const { namedAccounts, management, teardown = !management } = query
    const setup = { ...setupOf(request, query.kubernetes ?? minor), renewal: query.renewal || renewed, namedAccounts }
    const file = (management ? managementFile : userClusterFile)(setup, call, purposeOf({ teardown }))
    if (file) return file
    throw new NoRights(`The cluster ${setup.cluster} has no management cluster: leave out management`)
  } catch (error) {
    if (error instanceof NoRights) throw new ProblemError(problem('conflict', { detail: error.message }))
    throw error
  }
}

/** A path with the parameters of a call. */
export function withQuery(path: string, query: Readonly<Record<string, string>>): string {
  const parameters = new URLSearchParams(query).toString()
  return parameters === '' ? path : `${path}?${parameters}`
}
