import { randomBytes } from 'node:crypto'
import type * as z from 'zod/mini'
import { readAgent, storeCode } from '../../agent/agent-record.ts'
import { agentAudience } from '../../agent/token.ts'
import { setting } from '../../settings.ts'
import { clusterResource } from '../access/checks.ts'
import { operation } from '../operation.ts'
import { clusterIn } from '../path-names.ts'
import { ProblemError, problem } from '../problem.ts'
import { readOptionalBody } from '../request/read-optional-body.ts'
import { hashOf } from './enrol-agent.ts'
import { type createdEnrolment, enrolmentRequest } from './enrolment-view.ts'

const codeMinutes = 60

/** Creates a code with which an agent of the cluster enrols, once. */
export const handler = operation({
  authorizes: (call) => {
    const resource = clusterResource(clusterIn(call))
    return { checks: [{ action: 'create-enrolment', resource }], input: undefined }
  },
  runs: async (call) => {
    const cluster = clusterIn(call)
    const { renew = false } = readOptionalBody(call, enrolmentRequest)
    if (!renew && (await readAgent(cluster))) throw alreadyEnrolled(cluster)
    const code = randomBytes(32).toString('base64url')
    const expiresAt = new Date(Date.now() + codeMinutes * 60_000)
    await storeCode(cluster, { hash: hashOf(code), createdBy: call.caller, renews: renew, expiresAt })
    const audience = agentAudience(setting('DEPLOYMENT'))
    const body: z.output<typeof createdEnrolment> = { code, expiresAt: expiresAt.toISOString(), audience }
    return { status: 200, body }
  },
})

function alreadyEnrolled(cluster: string): ProblemError {
  const detail = `An agent of cluster ${cluster} is enrolled. To replace it, send {"renew": true}, or run "wid enroll ${cluster} --renew"`
  return new ProblemError(problem('conflict', { detail }))
}
