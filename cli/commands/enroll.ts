import { stringify } from 'yaml'
import { answerOf } from '../../client/answer.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exitCodes } from '../errors.ts'

export interface EnrollOptions {
  readonly renew?: true | undefined
}

/** Prints the values of charts/agent for the cluster, with a code that enrols its agent once within an hour. */
export async function enroll(
  { api, endpoint, output }: Context,
  cluster: string,
  { renew }: EnrollOptions,
): Promise<ExitCode> {
  const params = { path: { cluster } }
  const body = renew ? { renew } : {}
  const { audience, code, expiresAt } = await answerOf(
    api.POST('/v1/clusters/{cluster}/agent/enrolments', { params, body }),
  )
  const values = { apiUrl: new URL(endpoint.url).origin, cluster, audience, code }
  if (output.isJson) output.json({ type: 'enrolment', cluster, expiresAt, values })
  // Helm reads YAML 1.1, in which some plain texts are numbers.
  else output.text(stringify(values, { defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN' }).trimEnd())
  return exitCodes.done
}
