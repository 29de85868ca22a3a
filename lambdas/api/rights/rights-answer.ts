import type * as z from 'zod/mini'
import { managementFile, type RightsFile, userClusterFile } from '../../rights/files.ts'
import { purposeOf } from '../../rights/manifests.ts'
import { NoRights } from '../../rights/no-rights.ts'
import { rightsSetupOf } from '../../rights/setup.ts'
import type { SetupRequest } from '../../spec/setup-request.ts'
import type { Answer } from '../operation.ts'
import { ProblemError, problem } from '../problem.ts'
import type { rightsQuery } from '../queries.ts'

/** The source of a rights request, and the known facts about the cluster. */
export interface RightsSource {
  readonly request: SetupRequest
  /** Minor version of the cluster's Kubernetes: 20 for 1.20. Absent when no setup has read it. */
  readonly minor?: number | undefined
  /** Whether rotations renew the credentials of the service account. Absent when no step has read the credentials. */
  readonly renewed?: boolean | undefined
  /** Method and path of the call, which the first lines of the manifests name. */
  readonly call: string
}

/**
 * The manifests of the Kubernetes rights that setups of this request need.
 *
 * @throws {ProblemError} 409 when the request needs no such rights
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
    const setup = {
      ...rightsSetupOf(request, query.kubernetes ?? minor),
      renewal: query.renewal || renewed,
      namedAccounts,
    }
    const file = (management ? managementFile : userClusterFile)(setup, call, purposeOf({ teardown }))
    if (file) return file
    throw new NoRights(`The cluster ${setup.cluster} has no management cluster: omit the parameter management`)
  } catch (error) {
    if (error instanceof NoRights) throw new ProblemError(problem('conflict', { detail: error.message }))
    throw error
  }
}

export function withQuery(path: string, query: Readonly<Record<string, string>>): string {
  const parameters = new URLSearchParams(query).toString()
  return parameters === '' ? path : `${path}?${parameters}`
}
