import * as z from 'zod/mini'
import { parseSetupRequest } from '../../lambdas/api/request/parse-setup.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { deployment } from '../../test/support/api/requests.ts'
import { purposeOf } from '../../test/support/call-purpose.ts'
import { runSetup } from '../../test/support/workflows/setup-workflow.ts'
import { type Part, table } from '../support/measure.ts'
import { inSandbox } from '../support/own-sandbox.ts'
import { requestFor } from './bursts.ts'
import { logsOf, run } from './setups.ts'

const cluster = 'many'
const path = `/v1/clusters/${cluster}`
const count = 400
/** Twenty workloads at a time call two functions in sequence, while functions of the webhook and the API also run. */
const functionProcesses = 60
const changed = 250

interface Workload {
  readonly namespace: string
  readonly serviceAccount: string
  readonly role: { readonly name: string; readonly policyArns: readonly string[] }
}

/** Measures operations on a cluster with the maximum number of workloads, from setup to teardown. */
export async function workloads(): Promise<Part> {
  return inSandbox(
    async (sandbox) => {
      const first = all()
      const withChange = first.map((one, index) => (index === changed ? withPolicy(one) : one))
      const body = await requestFor(sandbox, cluster, { workloads: first })
      const columns = [
        await setUp(sandbox, { body, workloads: first }),
        await setUp(sandbox, { body, workloads: withChange }),
        await setUp(sandbox, { body, workloads: withChange.slice(1), removesFrom: 2 }),
        await other(sandbox, `${path}/verifications`, 'POST'),
        await other(sandbox, `${path}/drift`, 'POST'),
        await other(sandbox, path, 'DELETE'),
      ]
      const rows = measures.map((measure, index) => [measure, ...columns.map((column) => column[index] ?? '')])
      const head = ['what', 'set up', 'one changed', 'one removed', 'verified', 'drift', 'torn down']
      return { title: 'Four hundred workloads of a cluster', text: `${table(head, rows)}\n\n${note}` }
    },
    { functionProcesses },
  )
}

const measures = [
  's',
  'outside calls',
  'of them writes',
  'calls to DynamoDB',
  'the operation as the API shows it, KB',
  'verified workloads afterwards',
  'executions',
  'events of the setup',
  'events of the largest batch',
  'state transitions',
]

const note = `Events and transitions are those without polls and retries, from the definitions. The sandbox runs at most ${functionProcesses} processes of functions.`

function all(): Workload[] {
  return Array.from({ length: count }, (_, index) => ({
    namespace: `team-${index % 20}`,
    serviceAccount: `service-${index}`,
    role: { name: `${cluster}-${index}`, policyArns: [] },
  }))
}

function withPolicy(one: Workload): Workload {
  return { ...one, role: { ...one.role, policyArns: ['arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'] } }
}

interface Sent {
  readonly body: unknown
  readonly workloads: readonly Workload[]
  /** The generation on which a request that removes workloads is based. */
  readonly removesFrom?: number
}

const conditions = z.object({ conditions: z.array(z.object({ type: z.string(), status: z.string() })) })
const clusterView = z.object({ status: z.object({ workloads: z.array(conditions) }) })

async function setUp(sandbox: Sandbox, { body, workloads: sent, removesFrom }: Sent): Promise<string[]> {
  const request = { ...Object(body), workloads: sent }
  const removal = removesFrom !== undefined && { headers: { 'if-match': `"${removesFrom}"` } }
  const to = `${path}${removal ? '?removals=allow' : ''}`
  const made = await measured(sandbox, () =>
    run(sandbox.gateway.url, to, JSON.stringify(request), { method: 'PUT', ...removal }),
  )
  const { status } = clusterView.parse(await (await fetch(sandbox.gateway.url + path)).json())
  const verified = String(status.workloads.filter(isVerified).length)
  return [...made, verified, ...(await computed(request, removal ? 1 : 0))]
}

function other(sandbox: Sandbox, to: string, method: 'POST' | 'DELETE'): Promise<string[]> {
  return measured(sandbox, () => run(sandbox.gateway.url, to, '{}', { method }))
}

/** Starts an operation, waits for its end, and returns its measures. */
async function measured(sandbox: Sandbox, operate: () => ReturnType<typeof run>): Promise<string[]> {
  for (const log of logsOf(sandbox)) await log.clear()
  const { operationId, createdAt, endedAt = '' } = await operate()
  const calls = (await Promise.all(logsOf(sandbox).map(async (log) => log.all()))).flat()
  const outside = calls.filter((call) => purposeOf(call) === 'outside')
  const shown = await (await fetch(`${sandbox.gateway.url}/v1/operations/${operationId}`)).text()
  return [
    ((Date.parse(endedAt) - Date.parse(createdAt)) / 1000).toFixed(0),
    outside.length,
    outside.filter(({ write }) => write).length,
    calls.filter((call) => purposeOf(call) === 'record').length,
    Math.round(shown.length / 1000),
  ].map(String)
}

function isVerified({ conditions: all }: z.output<typeof conditions>): boolean {
  return all.some(({ type, status }) => type === 'Verified' && status === 'True')
}

/** Returns the numbers of executions, events and transitions that follow from the definitions. */
async function computed(body: unknown, removed: number): Promise<string[]> {
  const parsed = parseSetupRequest(body, deployment)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues))
  const leaving = Array.from({ length: removed }, () => ({ namespace: 'team-0', serviceAccount: 'service-0' }))
  const setup = await runSetup({ ...parsed.request, ...(removed > 0 && { removed: leaving }) })
  const executions = [setup, ...setup.batches]
  return [
    executions.length,
    setup.events,
    Math.max(...setup.batches.map(({ events }) => events)),
    executions.reduce((sum, { entered }) => sum + entered.length, 0),
  ].map(String)
}
