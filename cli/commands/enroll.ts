import { stringify } from 'yaml'
import { answerOf } from '../../client/answer.ts'
import type { Context } from '../context.ts'
import { agentManifests } from '../enroll/agent-manifest.ts'
import { type ExitCode, exitCodes } from '../errors.ts'

export interface EnrollOptions {
  readonly image: string
  readonly renew?: true | undefined
}

/** Prints the manifests of the cluster's agent, with a code that enrols it once within an hour. */
export async function enroll(
  { api, endpoint, output }: Context,
  cluster: string,
  { image, renew }: EnrollOptions,
): Promise<ExitCode> {
  const params = { path: { cluster } }
  const body = renew ? { renew } : {}
  const enrolment = await answerOf(api.POST('/v1/clusters/{cluster}/agent/enrolments', { params, body }))
  const apiUrl = new URL(endpoint.url).origin
  const objects = agentManifests({ apiUrl, cluster, image, enrolment })
  if (output.isJson) output.json({ type: 'enrolment', cluster, expiresAt: enrolment.expiresAt, objects })
  else
    output.text(
      objects
        .map((object) => stringify(object))
        .join('---\n')
        .trimEnd(),
    )
  return exitCodes.done
}
