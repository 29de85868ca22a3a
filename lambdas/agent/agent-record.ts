/** The items of the agents in the table. The requests and answers in it are sealed: see sealing.ts. */
import * as z from 'zod/mini'
import { where } from '../operations/record/expression.ts'
import { getItem, getItems, keys, queryItems } from '../operations/record/table.ts'
import { conditionally, conditionallyTogether, put, remove, update, write } from '../operations/record/writes.ts'
import { agentKey } from './agent-keys.ts'
import { agentFacts } from './messages.ts'

const time = z.iso.datetime()

/** The identity of an agent. Each of its tokens must be of this service account, and signed with one of these keys. */
const enrolment = z.object({
  /** UID of the service account of the agent. */
  accountUid: z.string(),
  /** The keys that may have signed a token of the agent, in the order in which they were added. */
  keys: z.array(agentKey),
  enrolledAt: time,
  /** The caller that created the enrolment code. */
  enrolledBy: z.string(),
})

export const agentItem = z.extend(enrolment, {
  facts: agentFacts,
  /** The time of the last recorded call. A call with unchanged facts and keys is recorded once a minute at most. */
  calledAt: time,
  /** Until this time, functions are expected to send requests, and the agent calls without a pause. */
  neededUntil: z.exactOptional(time),
})

export type AgentItem = z.output<typeof agentItem>

const codeItem = z.object({ createdBy: z.string(), renews: z.boolean() })
const requestItem = z.object({ id: z.string(), publicKey: z.string(), sealed: z.string(), expiresAt: z.number() })
const answerItem = z.object({ sealed: z.string() })
const waitingItem = z.object({ call: z.string() })

export type AgentRequest = Omit<z.output<typeof requestItem>, 'expiresAt'>

/** Seconds that a function waits for an answer: more than the 30 seconds between two calls of an idle agent. */
export const answerSeconds = 40

/** The agent gets a request only if the function that sent it waits for at least this many seconds more. */
const leastSeconds = 5

export async function readAgent(cluster: string): Promise<AgentItem | undefined> {
  const item = await getItem(keys.agent(cluster))
  return item && agentItem.parse(item)
}

/** The agents of the clusters that have one, by cluster. */
export async function readAgents(clusters: readonly string[]): Promise<ReadonlyMap<string, AgentItem>> {
  const items = await getItems(clusters.map(keys.agent))
  return new Map(
    clusters.flatMap((cluster, index) => (items[index] ? [[cluster, agentItem.parse(items[index])] as const] : [])),
  )
}

const withRevokedKeys = z.object({
  status: z.object({ revokedKeys: z.optional(z.array(z.object({ thumbprint: z.string() }))) }),
})

/**
 * The enrolled agent, and the revoked keys of the cluster. Before the first setup, no key is revoked.
 *
 * @throws {Error} when the record of the cluster is not valid, because a revoked key could otherwise be accepted
 */
export async function readAgentAndRevokedKeys(cluster: string) {
  const [item, clusterRecord] = await getItems([keys.agent(cluster), keys.cluster(cluster)])
  const revoked = clusterRecord && withRevokedKeys.parse(clusterRecord).status.revokedKeys
  return { agent: item && agentItem.parse(item), revoked: revoked ?? [] }
}

/** Makes the agent call without a pause until `neededUntil`. */
export async function recordNeed(cluster: string, neededUntil: Date): Promise<void> {
  const set = { neededUntil: neededUntil.toISOString() }
  await conditionally(update(keys.agent(cluster), { set }, where`attribute_exists(pk)`))
}

/** The agent gets the request only while the function that sent it waits for the answer. */
export async function storeRequest(cluster: string, request: AgentRequest): Promise<void> {
  // An update, because steps have no right to replace items.
  const set = { ...request, expiresAt: secondsFromNow(answerSeconds) }
  await write(update(keys.agentRequest(cluster, request.id), { set }))
}

/**
 * Withdraws a request after its function has stopped waiting. If the agent relayed the request later, the request could
 * undo what another operation has done. The item stays until its TTL, because steps have no right to delete items.
 */
export async function withdrawRequest(cluster: string, id: string): Promise<void> {
  // In the past, because the clocks of functions differ.
  const changes = { set: { expiresAt: secondsFromNow(-60) }, remove: ['sealed'] }
  await conditionally(update(keys.agentRequest(cluster, id), changes, where`attribute_exists(pk)`))
}

/** The requests that are sealed to this key, and the ID of the newest call with which the agent waits for requests. */
export async function requestsTo(cluster: string, publicKey: string) {
  const { pk, sk } = keys.agentWaiting(cluster)
  const items = await queryItems(where`pk = ${pk} AND begins_with(sk, ${sk})`)
  const newest = items.find((item) => item.sk === sk)
  const all = items.filter((item) => item !== newest).map((item) => requestItem.parse(item))
  const requests = all
    .filter((one) => one.publicKey === publicKey)
    .map(({ id, sealed, expiresAt }) => ({ id, sealed, seconds: expiresAt - secondsFromNow(0) }))
  return {
    requests: requests.filter(({ seconds }) => seconds >= leastSeconds),
    waiting: newest && waitingItem.parse(newest).call,
  }
}

/** Records the ID of the call that now waits for requests. An earlier waiting call then ends, so that an agent cannot hold many calls. */
export async function recordWaitingCall(cluster: string, call: string): Promise<void> {
  await write(update(keys.agentWaiting(cluster), { set: { call, expiresAt: secondsFromNow(answerSeconds) } }))
}

/** Stores the answer to a request, once. Returns false when no function waits for it. */
export async function storeAnswer(cluster: string, id: string, sealed: string): Promise<boolean> {
  return conditionallyTogether([
    remove(keys.agentRequest(cluster, id), where`attribute_exists(pk) AND expiresAt > ${seconds(new Date())}`),
    put({ ...keys.agentAnswer(cluster, id), sealed, expiresAt: secondsFromNow(answerSeconds) }),
  ])
}

export async function readAnswer(cluster: string, id: string): Promise<string | undefined> {
  const item = await getItem(keys.agentAnswer(cluster, id))
  return item && answerItem.parse(item).sealed
}

/** A code that enrols the agent of a cluster, once. */
export interface EnrolmentCode {
  /** SHA-256, lowercase hex. */
  readonly hash: string
  readonly createdBy: string
  /** Whether it may replace an enrolled agent. */
  readonly renews: boolean
  readonly expiresAt: Date
}

/** Replaces an earlier code of the cluster. */
export async function storeCode(cluster: string, { expiresAt, ...code }: EnrolmentCode): Promise<void> {
  await write(put({ ...keys.agentCode(cluster), ...code, expiresAt: seconds(expiresAt) }))
}

/** The unused code of the cluster with this hash. */
export async function readCode(cluster: string, hash: string): Promise<z.output<typeof codeItem> | undefined> {
  const item = await getItem(keys.agentCode(cluster))
  return item?.hash === hash ? codeItem.parse(item) : undefined
}

/**
 * Records the agent and deletes the code. Returns false when the code was used or replaced meanwhile, or when an agent
 * is enrolled and the code does not renew it.
 */
export async function enrol(
  cluster: string,
  agent: AgentItem,
  { hash, renews }: Pick<EnrolmentCode, 'hash' | 'renews'>,
) {
  return conditionallyTogether([
    remove(keys.agentCode(cluster), where`hash = ${hash}`),
    put({ ...keys.agent(cluster), ...agent }, renews ? undefined : where`attribute_not_exists(pk)`),
  ])
}

/** Records a call of the agent. Returns false when the enrolment or its keys have changed since `before` was read. */
export async function recordCall(
  cluster: string,
  before: AgentItem,
  now: Pick<AgentItem, 'facts' | 'keys' | 'calledAt'>,
): Promise<boolean> {
  const isSame = where`accountUid = ${before.accountUid} AND keys = ${before.keys} AND enrolledAt = ${before.enrolledAt}`
  return conditionally(update(keys.agent(cluster), { set: { ...now } }, isSame))
}

function secondsFromNow(later: number): number {
  return seconds(new Date()) + later
}

function seconds(at: Date): number {
  return Math.floor(at.getTime() / 1000)
}
