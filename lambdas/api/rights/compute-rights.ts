import { clusterResource } from '../access/checks.ts'
import { deployment } from '../deployment.ts'
import { operation } from '../operation.ts'
import { invalidRequest, ProblemError } from '../problem.ts'
import { readQuery, rightsQuery } from '../queries.ts'
import { maxRequestBytes, parseSetupRequest } from '../request/parse-setup.ts'
import { readJson } from '../request/read-json.ts'
import { rightsAnswer, withQuery } from './rights-answer.ts'

export const handler = operation({
  authorizes: (call) => {
    const parsed = parseSetupRequest(readJson(call, maxRequestBytes), deployment())
    if (!parsed.ok) throw new ProblemError(invalidRequest(parsed.issues))
    const { request } = parsed
    return {
      checks: [{ action: 'compute-rights', resource: clusterResource(request.cluster.name) }],
      input: request,
    }
  },
  runs: (call, request) => {
    const query = readQuery(rightsQuery, call.query)
    return rightsAnswer(query, { request, call: `POST ${withQuery('/v1/rights', call.query)}` })
  },
})
