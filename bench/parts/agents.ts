import { mkdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb'
import { decodeJwt } from 'jose'
import * as z from 'zod/mini'
import type { Configuration } from '../../agent/configuration.ts'
import { addedKeys } from '../../lambdas/agent/agent-keys.ts'
import type { AgentItem } from '../../lambdas/agent/agent-record.ts'
import { createdEnrolment } from '../../lambdas/api/agents/enrolment-view.ts'
import { usableKeys } from '../../lambdas/clouds/public-key.ts'
import { identified } from '../../lambdas/discovery/published-keys.ts'
import { keys } from '../../lambdas/operations/record/table.ts'
import { account, rootCredentials } from '../../sandbox/account.ts'
import type { Call } from '../../sandbox/call-log.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { byAgent, grantRights, preparedPod } from '../../test/support/agent/prepared-cluster.ts'
import { inTemporaryFolder } from '../../tools/temporary-folder.ts'
import { type Agents, agentsIn } from '../support/agents.ts'
import { median, type Part, table } from '../support/measure.ts'
import { inSandbox } from '../support/own-sandbox.ts'
import { requestFor } from './bursts.ts'
import { run } from './setups.ts'

const agentCount = 200
const operationCount = 20
/** A call for work that waits occupies a process, and so does a step that waits for its answer. */
const functionProcesses = 80
const idleMs = 120_000
/** The sandbox keeps the last 50,000 calls. */
const readLogMs = 5_000

/** Two hundred agents, idle and with operations on twenty of their clusters at once. */
export function agents(): Promise<Part> {
  return inSandbox((sandbox) => inTemporaryFolder((folder) => measured(sandbox, folder)), { functionProcesses })
}

async function measured(sandbox: Sandbox, folder: string): Promise<Part> {
  const record = recordOf(sandbox)
  const names = Array.from({ length: agentCount }, (_, index) => `a${index}`)
  const bodies = new Map<string, unknown>()
  const configurations: Configuration[] = []
  const audience = await audienceOf(sandbox, 'unused')
  for (const name of names) {
    const body = await requestFor(sandbox, name, byAgent)
    bodies.set(name, body)
    configurations.push(await enrolled(sandbox, record, { name, body, folder, audience }))
  }
  const running = await agentsIn(configurations)
  try {
    const idle = await phase(sandbox, running, [], () => sleep(idleMs))
    const item = await record.send(new GetCommand({ TableName: tableOf(sandbox), Key: keys.agent('a0') }))
    const busy = names.slice(0, operationCount)
    const one = await phase(sandbox, running, ['a199'], (name) => start(sandbox, '/v1/setups', bodies.get(name)))
    const setups = await phase(sandbox, running, busy, (name) => start(sandbox, '/v1/setups', bodies.get(name)))
    // The agents are idle again when no function has needed them for 90 seconds.
    await sleep(120_000)
    const verified = await phase(sandbox, running, busy, (name) =>
      start(sandbox, `/v1/clusters/${name}/verifications`, {}),
    )
    return { title, page: 'AGENT.md', text: textOf([idle, one, setups, verified], sizeOf(item.Item)) }
  } finally {
    await running.end()
  }
}

const title = 'Two hundred agents'

interface Enrolled {
  readonly name: string
  readonly body: unknown
  readonly folder: string
  readonly audience: string
}

/** Enrols the agent by its item. An enrolment makes an agent call without a pause for 90 seconds. */
async function enrolled(
  sandbox: Sandbox,
  record: DynamoDBDocumentClient,
  { name, body, folder, audience }: Enrolled,
): Promise<Configuration> {
  const cluster = sandbox.kubernetes.cluster(name)
  if (!cluster) throw new Error(`the sandbox has no cluster ${name}`)
  await grantRights(cluster, body)
  const own = path.join(folder, name)
  await mkdir(own)
  const configuration = await preparedPod(cluster, { folder: own, apiUrl: sandbox.gateway.url, audience })
  const now = new Date()
  const { 'kubernetes.io': bound } = tokenClaims.parse(decodeJwt(await readFile(configuration.tokenFile, 'utf8')))
  const agent: AgentItem = {
    accountUid: bound.serviceaccount.uid,
    keys: addedKeys(await identified(usableKeys(await cluster.signer.keySet())), now),
    enrolledAt: now.toISOString(),
    enrolledBy: 'the benchmark',
    calledAt: now.toISOString(),
    facts: { version: 'none', server: configuration.apiServer, authorities: 'none', publicKey: 'A'.repeat(43) },
  }
  await record.send(new PutCommand({ TableName: tableOf(sandbox), Item: { ...keys.agent(name), ...agent } }))
  return configuration
}

const tokenClaims = z.object({ 'kubernetes.io': z.object({ serviceaccount: z.object({ uid: z.string() }) }) })

interface Phase {
  readonly seconds: number
  readonly callsInMinute: number
  /** Results other than 200. */
  readonly failedCalls: number
  /** Calls to DynamoDB for each call of an agent, by the functions of agents. */
  readonly tableCalls: number
  /** Seconds from the start of each operation to its first answer. */
  readonly first: readonly number[]
  /** Milliseconds of each further relayed request. */
  readonly later: readonly number[]
  readonly operationSeconds: readonly number[]
  readonly errors: readonly string[]
}

async function phase(
  sandbox: Sandbox,
  running: Agents,
  names: readonly string[],
  use: (name: string) => Promise<unknown>,
): Promise<Phase> {
  const log = await recordedCalls(sandbox)
  const before = await running.counts()
  const since = Date.now()
  const ends = await Promise.allSettled(
    (names.length > 0 ? names : ['']).map(async (name) => {
      await use(name)
      return (Date.now() - since) / 1000
    }),
  )
  const seconds = (Date.now() - since) / 1000
  const after = await running.counts()
  const calls = await log.end()
  const made = differences(before, after)
  const sum = (of: (route: string) => boolean) =>
    Object.entries(made).reduce((all, [route, count]) => all + (of(route) ? count : 0), 0)
  const all = sum(() => true)
  const ofAgents = calls.filter((call) => call.operation.startsWith('dynamodb:') && /ApiAgent/i.test(call.actor))
  const relayed = names.map((name) => relayedOf(name, calls))
  return {
    seconds,
    callsInMinute: (all / seconds) * 60,
    failedCalls: sum((route) => !route.endsWith(' 200')),
    tableCalls: ofAgents.length / all,
    first: relayed.flatMap(([first]) => (first ? [(first.end - since) / 1000] : [])),
    later: relayed.flatMap((all) => all.slice(1).map(({ start, end }) => end - start)),
    operationSeconds: ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : [])),
    errors: ends.flatMap((end) => (end.status === 'rejected' ? [String(end.reason)] : [])),
  }
}

/** The relayed requests of a cluster, in order: from the write of the request to the read that found the answer. */
function relayedOf(cluster: string, calls: readonly Call[]): { start: number; end: number }[] {
  const requests = new Map<string, { start: number; end: number }>()
  for (const { at, operation, keys: of = [], durationMs = 0 } of calls) {
    if (!of.includes(`AGENT#${cluster}`)) continue
    const id = of.map((key) => /^(?:REQUEST|ANSWER)#([\da-f-]{36})$/.exec(key)?.[1]).find((found) => found)
    if (id === undefined) continue
    if (operation === 'dynamodb:UpdateItem') requests.set(id, { start: at, end: Number.NaN })
    const request = requests.get(id)
    if (request && operation === 'dynamodb:BatchGetItem') request.end = at + durationMs
  }
  return [...requests.values()].filter(({ end }) => end > 0).sort((one, other) => one.start - other.start)
}

/** Reads the log of AWS again and again, because it is short. */
async function recordedCalls({ aws }: Sandbox): Promise<{ end(): Promise<Call[]> }> {
  const found = new Map<string, Call>()
  let isRunning = true
  const read = async () => {
    const calls = await aws.calls.all()
    await aws.calls.clear()
    for (const call of calls) found.set(`${call.at} ${call.operation} ${call.keys?.join()}`, call)
  }
  await aws.calls.clear()
  const reading = (async () => {
    while (isRunning) {
      await sleep(readLogMs)
      await read()
    }
  })()
  return {
    async end() {
      isRunning = false
      await reading
      return [...found.values()].sort((one, other) => one.at - other.at)
    },
  }
}

function start({ gateway }: Sandbox, to: string, body: unknown): Promise<unknown> {
  return run(gateway.url, to, JSON.stringify(body))
}

function differences(before: Readonly<Record<string, number>>, after: Readonly<Record<string, number>>) {
  return Object.fromEntries(Object.entries(after).map(([name, count]) => [name, count - (before[name] ?? 0)]))
}

const measures: readonly (readonly [string, (phase: Phase) => string])[] = [
  ['s, of the phase', ({ seconds }) => seconds.toFixed(0)],
  ['succeeded operations', ({ operationSeconds, first }) => (first.length > 0 ? `${operationSeconds.length}` : '')],
  [
    's, of an operation: median, slowest',
    ({ operationSeconds, first }) => (first.length > 0 ? ends(operationSeconds, 0) : ''),
  ],
  ['s, to the first answer of the agent: median, slowest', ({ first }) => ends(first, 1)],
  [
    'relayed requests of an operation',
    ({ first, later }) => (first.length > 0 ? (1 + later.length / first.length).toFixed(1) : ''),
  ],
  ['ms, of a relayed request: p50', ({ later }) => at(later, 0.5)],
  ['ms, of a relayed request: p95', ({ later }) => at(later, 0.95)],
  [
    'relayed requests without an answer in 40 s',
    ({ first, later }) => (first.length > 0 ? String(later.filter((ms) => ms > 39_900).length) : ''),
  ],
  ['calls of all agents in a minute', ({ callsInMinute }) => callsInMinute.toFixed(0)],
  ['of the phase: calls without status 200', ({ failedCalls }) => String(failedCalls)],
  ['calls to DynamoDB for each call', ({ tableCalls }) => tableCalls.toFixed(1)],
]

const note = `The ${agentCount} agents are real ones in one process, each with an emulated cluster of its own. They call one sandbox
with up to ${functionProcesses} processes of functions. A relayed request lasts from the write of the request to the read of its answer; the
first one of each operation is separate, because it waits for an idle agent. With ${operationCount} operations at once, the two cores and
the emulated DynamoDB, which is one Python process, determine the times. DynamoDB on AWS has no such limit.`

function textOf(phases: readonly Phase[], itemBytes: number): string {
  for (const { errors } of phases) for (const error of errors) process.stderr.write(`${error}\n`)
  const rows = measures.map(([measure, text]) => [measure, ...phases.map(text)])
  const head = ['what', 'idle', '1 setup', `${operationCount} setups`, `${operationCount} verifications`]
  const item = `The item of an agent has ${(itemBytes / 1024).toFixed(1)} KB.`
  return [table(head, rows), note, item].join('\n\n')
}

function ends(values: readonly number[], digits: number): string {
  if (values.length === 0) return ''
  return `${median(values).toFixed(digits)}, ${Math.max(...values).toFixed(digits)}`
}

function at(values: readonly number[], part: number): string {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length * part)]?.toFixed(0) ?? ''
}

function sizeOf(item: unknown): number {
  return JSON.stringify(item).length
}

function recordOf({ aws }: Sandbox): DynamoDBDocumentClient {
  const client = new DynamoDBClient({ endpoint: aws.endpoint, region: account.region, credentials: rootCredentials })
  return DynamoDBDocumentClient.from(client)
}

function tableOf({ deployment }: Sandbox): string {
  return deployment.outputs.TableName ?? ''
}

/** The audience of the tokens of all agents, which the API returns with each code. */
async function audienceOf({ gateway }: Sandbox, cluster: string): Promise<string> {
  const response = await fetch(`${gateway.url}/v1/clusters/${cluster}/agent/enrolments`, { method: 'POST' })
  return createdEnrolment.parse(await response.json()).audience
}
