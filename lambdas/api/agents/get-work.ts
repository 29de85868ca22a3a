import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type * as z from 'zod/mini'
import { type AgentItem, recordCall, recordWaitingCall, requestsTo } from '../../agent/agent-record.ts'
import { type workAnswer, workBody } from '../../agent/messages.ts'
import { isNeeded } from '../../agent/relay.ts'
import { type PublicKey, usableKeys } from '../../clouds/public-key.ts'
import { openOperation, type Received } from '../operation.ts'
import {
  type AgentCall,
  authenticated,
  notEnrolled,
  readBody,
  tokenIn,
  unrevoked,
  verifiedToken,
} from './agent-call.ts'

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
  const agent = await withRecordedCall(call, agentCall, body)
  const answer: z.output<typeof workAnswer> = isNeeded(agent, new Date())
    ? { requests: await waitForRequests(agentCall.cluster, body), nextCallInSeconds: 0 }
    : { requests: (await newRequests(agentCall.cluster, body)).requests, nextCallInSeconds: idleSeconds }
  return { status: 200, body: answer }
})

async function withRecordedCall(
  call: Received,
  { cluster, agent, revoked }: AgentCall,
  body: Body,
): Promise<AgentItem> {
  const keys = await announcedKeys(call, { cluster, agent, revoked }, body)
  const isNew = JSON.stringify([agent.keys, agent.facts]) !== JSON.stringify([keys, body.facts])
  const isOld = Date.now() - Date.parse(agent.calledAt) > recordedEverySeconds * 1000
  if (!isNew && !isOld) return agent
  const now = { facts: body.facts, keys, calledAt: new Date().toISOString() }
  if (!(await recordCall(cluster, agent, now)))
    throw notEnrolled(cluster, 'The enrolment or its keys have changed meanwhile')
  return { ...agent, ...now }
}

/**
 * The keys that count from now on. A key set is accepted only if it has the key that signed the token of this call.
 * Otherwise an agent could announce keys with which its next call is refused.
 */
async function announcedKeys(call: Received, { agent, revoked }: AgentCall, { keySet }: Body): Promise<PublicKey[]> {
  if (keySet === undefined) return agent.keys
  const keys = await unrevoked(usableKeys(keySet), revoked)
  return (await verifiedToken(tokenIn(call), keys)) ? keys : agent.keys
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
