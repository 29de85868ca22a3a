import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type * as z from 'zod/mini'
import { keysAfter } from '../../agent/agent-keys.ts'
import { type AgentItem, recordCall, recordWaitingCall, requestsTo } from '../../agent/agent-record.ts'
import { type workAnswer, workBody } from '../../agent/messages.ts'
import { isNeeded } from '../../agent/relay.ts'
import { openOperation } from '../operation.ts'
import { ProblemError, problem } from '../problem.ts'
import { type AgentCall, authenticated, readBody, unrevoked } from './agent-call.ts'

const maxBytes = 200_000

/** Seconds until the next call of an agent that no function needs. */
const idleSeconds = 30

/** Seconds for which a call waits for requests: fewer than the 30 seconds after which API Gateway ends a call. */
const waitSeconds = 20
const pollMs = 150

/**
 * The most characters of all requests in a response, because a response of a function has at most 6 MB:
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const maxResponse = 5_000_000

/** A call without new facts or keys is recorded once a minute, because a write costs more than the call. */
const recordedEverySeconds = 60

type Body = z.output<typeof workBody>

/** Returns the requests that functions have for the agent. Waits for them if a function needs the agent. */
export const handler = openOperation(async (call) => {
  const body = readBody(call, workBody, maxBytes)
  const agentCall = await authenticated(call)
  const agent = await withRecordedCall(agentCall, body)
  const answer: z.output<typeof workAnswer> = isNeeded(agent, new Date())
    ? { requests: await waitForRequests(agentCall.cluster, body), nextCallInSeconds: 0 }
    : { requests: (await newRequests(agentCall.cluster, body)).requests, nextCallInSeconds: idleSeconds }
  return { status: 200, body: answer }
})

async function withRecordedCall({ cluster, agent, by, revoked }: AgentCall, body: Body): Promise<AgentItem> {
  const at = new Date()
  const { keySet } = body
  const keys = keySet ? keysAfter(agent.keys, await unrevoked(keySet, revoked), by, at) : agent.keys
  const isNew = JSON.stringify([agent.keys, agent.facts]) !== JSON.stringify([keys, body.facts])
  const isOld = at.getTime() - Date.parse(agent.calledAt) > recordedEverySeconds * 1000
  if (!isNew && !isOld) return agent
  const now = { facts: body.facts, keys: [...keys], calledAt: at.toISOString() }
  if (await recordCall(cluster, agent, now)) return { ...agent, ...now }
  const detail = 'Another call has changed the enrolment or its keys meanwhile'
  throw new ProblemError(problem('unavailable', { detail }))
}

/**
 * Only the newest call of an agent waits. Otherwise one compromised agent could hold all concurrent executions of the
 * account: https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html
 */
async function waitForRequests(cluster: string, body: Body) {
  const callId = randomUUID()
  const end = Date.now() + waitSeconds * 1000
  const { requests } = await newRequests(cluster, body)
  if (requests.length > 0) return requests
  await recordWaitingCall(cluster, callId)
  for (;;) {
    await sleep(pollMs)
    const { requests, waiting } = await newRequests(cluster, body)
    if (requests.length > 0 || waiting !== callId || Date.now() > end) return requests
  }
}

async function newRequests(cluster: string, { facts, working }: Body) {
  const { requests, waiting } = await requestsTo(cluster, facts.publicKey)
  return { requests: fitting(requests.filter(({ id }) => !working.includes(id))), waiting }
}

/** The first requests that fit into one response. The next call gets the others. */
function fitting<Request extends { readonly sealed: string }>(requests: readonly Request[]): Request[] {
  let left = maxResponse
  return requests.filter(({ sealed }) => {
    left -= sealed.length
    return left >= 0
  })
}
