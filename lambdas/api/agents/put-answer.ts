import { storeAnswer } from '../../agent/agent-record.ts'
import { answerBody, longestAnswer } from '../../agent/messages.ts'
import { openOperation } from '../operation.ts'
import { ProblemError, problem } from '../problem.ts'
import { authenticated, readBody } from './agent-call.ts'

/** Stores the answer to a request. The function that waits for the answer decrypts it. */
export const handler = openOperation(async (call) => {
  const { sealed } = readBody(call, answerBody, longestAnswer + 1_000)
  const { cluster } = await authenticated(call)
  const { id = '' } = call.parameters
  const isWaitedFor = /^[\da-f-]{36}$/.test(id) && (await storeAnswer(cluster, id, sealed))
  if (!isWaitedFor) throw new ProblemError(problem('not-found', { detail: 'No function waits for this answer' }))
  return { status: 200, body: {} }
})
