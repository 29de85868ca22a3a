/** Sends requests to the API server of a cluster through the cluster's agent. */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { agentOf } from '../clouds/kubernetes/connection-text.ts'
import { maxAnswerMiB } from '../clouds/kubernetes/dispatcher.ts'
import type { HttpAnswer, HttpRequest } from '../clouds/kubernetes/http.ts'
import type { ServerAccess } from '../clouds/kubernetes/server-access.ts'
import { outlineOf } from '../clouds/network/json-outline.ts'
import { AgentNotResponding, Unreachable, UntrustedCertificate } from '../errors/step-errors.ts'
import {
  type AgentItem,
  answerSeconds,
  readAgent,
  readAnswer,
  recordNeed,
  storeRequest,
  withdrawRequest,
} from './agent-record.ts'
import { type RelayedAnswer, relayedAnswer } from './messages.ts'
import { type SealedRequest, sealRequest } from './sealing.ts'

/** Seconds for which the agent calls without a pause after a function has connected. */
const neededSeconds = 90

/** Milliseconds between two reads of the answer. */
const pollMs = 100

/** Returns the access to the API server, or undefined when no agent of the cluster is enrolled. */
export async function accessByAgent(cluster: string): Promise<ServerAccess | undefined> {
  const agent = await readAgent(cluster)
  if (!agent) return undefined
  const { server, authorities } = agent.facts
  if (!isNeeded(agent, new Date(Date.now() + (neededSeconds / 2) * 1000))) {
    await recordNeed(cluster, neededFrom(new Date()))
  }
  return {
    server,
    authorities,
    credentials: { wantsRenewal: false },
    // Longer than the limit of `relay`, whose error says when the agent last called.
    timeoutMs: (answerSeconds + 5) * 1000,
    transport: (request) => relay(cluster, agent, request),
  }
}

/** Until when the agent calls without a pause, if a function needs it now. */
export function neededFrom(now: Date): Date {
  return new Date(now.getTime() + neededSeconds * 1000)
}

/** Whether a function waits for an answer of the agent, or may send a request soon. */
export function isNeeded({ neededUntil }: Pick<AgentItem, 'neededUntil'>, at: Date): boolean {
  return neededUntil !== undefined && Date.parse(neededUntil) > at.getTime()
}

async function relay(cluster: string, { facts }: AgentItem, request: HttpRequest): Promise<HttpAnswer> {
  const { method, path, headers, body, signal } = request
  const id = randomUUID()
  const sealed = await sealRequest(facts.publicKey, id, JSON.stringify({ method, path, headers, body }))
  await storeRequest(cluster, { id, publicKey: facts.publicKey, sealed: sealed.sealed })
  const since = Date.now()
  const answer = await waitForAnswer(cluster, id, signal).catch((error: unknown) =>
    withdrawAndThrow(cluster, id, error),
  )
  if (answer === undefined) {
    return withdrawAndThrow(cluster, id, await unanswered(cluster, Math.round((Date.now() - since) / 1000)))
  }
  return httpAnswerOf(cluster, await opened(cluster, sealed, answer))
}

/** The answer, or undefined when none arrives before the signal aborts or the time limit is reached. */
async function waitForAnswer(cluster: string, id: string, signal: AbortSignal): Promise<string | undefined> {
  const end = Date.now() + answerSeconds * 1000
  while (Date.now() < end && !signal.aborted) {
    const answer = await readAnswer(cluster, id)
    if (answer !== undefined) return answer
    await sleep(pollMs, undefined, { signal }).catch(() => undefined)
  }
  return undefined
}

/** @throws `reason`: why the function does not wait any more */
async function withdrawAndThrow(cluster: string, id: string, reason: unknown): Promise<never> {
  // If the withdrawal fails, the request expires on its own.
  await withdrawRequest(cluster, id).catch(() => undefined)
  throw reason
}

async function opened(cluster: string, sealed: SealedRequest, answer: string): Promise<RelayedAnswer> {
  try {
    const text = await sealed.openAnswer(answer, maxAnswerMiB * 1024 * 1024)
    // A valid answer has two objects: itself and its headers. The check comes before JSON.parse, because parsing 16 MiB
    // of brackets would take more memory than a function has.
    if (outlineOf(text).containers > 2) throw new Error('The answer has other objects')
    return relayedAnswer.parse(JSON.parse(text))
  } catch {
    // The error is dropped, because its message may quote the answer.
    throw new Unreachable({
      object: agentOf(cluster),
      reason: 'its answer is not readable',
      action:
        'Check that the agent has the same version as the deployment, and that nothing else calls the API with its token',
    })
  }
}

function httpAnswerOf(cluster: string, answer: RelayedAnswer): HttpAnswer {
  if ('failure' in answer) throw failureOf(cluster, answer)
  const { status, headers, body } = answer
  return {
    statusCode: status,
    headers,
    body: { arrayBuffer: async () => new Uint8Array(Buffer.from(body)).buffer },
    discard: () => undefined,
  }
}

const failures = {
  'repeats-token': 'the response of the API server repeats the token of the agent',
  'too-large': 'the response of the API server is too large for the agent',
  'too-late': 'the API server has not responded to the agent in time',
  unreachable: 'the agent does not reach the API server',
  untrusted: 'the certificate of the API server is not valid for the ca.crt of the pod',
} as const

function failureOf(cluster: string, { failure, code }: Extract<RelayedAnswer, { failure: string }>) {
  const reason = `${failures[failure]}${code !== undefined && /^[A-Z_]{1,60}$/.test(code) ? ` (${code})` : ''}`
  const explanation = { object: agentOf(cluster), reason, action: 'Check the log of the agent' }
  return failure === 'untrusted' ? new UntrustedCertificate(explanation) : new Unreachable(explanation)
}

async function unanswered(cluster: string, seconds: number): Promise<AgentNotResponding> {
  const agent = await readAgent(cluster)
  const last = agent === undefined ? 'it is no longer enrolled' : `it last called ${ago(agent.calledAt, new Date())}`
  return new AgentNotResponding({
    object: agentOf(cluster),
    reason: `no answer within ${seconds} s: ${last}`,
    action: 'Check that the agent runs, and that it reaches the API',
  })
}

/** "4 minutes ago". */
function ago(time: string, now: Date): string {
  const minutes = Math.floor((now.getTime() - Date.parse(time)) / 60_000)
  if (minutes < 1) return 'less than a minute ago'
  if (minutes < 120) return `${minutes} minute${minutes === 1 ? '' : 's'} ago`
  return `${Math.floor(minutes / 60)} hours ago`
}
