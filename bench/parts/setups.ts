import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import * as z from 'zod/mini'
import type { CallLog } from '../../sandbox/call-log.ts'
import { prepareExamples } from '../../sandbox/examples.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { exampleRequest } from '../../test/support/api/requests.ts'
import { purposeOf } from '../../test/support/call-purpose.ts'
import { runCompare } from '../../test/support/workflows/compare-workflow.ts'
import { runSetup } from '../../test/support/workflows/setup-workflow.ts'
import { type Part, table } from '../support/measure.ts'
import { inSandbox } from '../support/own-sandbox.ts'

const root = path.resolve(import.meta.dirname, '../..')
const pollIntervalMs = 250

const examples = ['setup', 'twenty-workloads'] as const

/** State transitions, outside calls and durations of a setup, of its repetition, of its plan and of its drift. */
export async function setups(): Promise<Part> {
  return inSandbox(async (sandbox) => {
    await prepareExamples(sandbox)
    const columns: string[][] = []
    for (const example of examples) columns.push(await columnOf(sandbox, example))
    const rows = measures.map((measure, index) => [measure, ...columns.map((column) => column[index] ?? '')])
    const note =
      'The 20 workloads are added to the existing cluster of the 1 workload. A call that was retried counts twice.'
    return {
      title: 'Setups, plans and drift',
      text: `${table(['what', '1 workload', '20 workloads'], rows)}\n\n${note}`,
    }
  })
}

const measures = [
  'state transitions without polls',
  'time of the first setup, s (the cluster’s own time and waits shortened)',
  'outside calls of the first setup',
  'of them writes',
  'time of the same request again, s',
  'outside calls of the same request again',
  'of them writes',
  'state transitions of a plan or a drift',
  'time of a plan of the same request, s',
  'outside calls of the plan',
  'of them writes',
  'time of a drift of the cluster, s',
  'outside calls of the drift',
  'of them writes',
]

const operation = z.object({
  operationId: z.string(),
  status: z.enum(['queued', 'running', 'succeeded', 'failed', 'cancelled']),
  createdAt: z.string(),
  endedAt: z.optional(z.string()),
  error: z.optional(z.unknown()),
})

async function columnOf(sandbox: Sandbox, example: (typeof examples)[number]): Promise<string[]> {
  const request = exampleRequest(example)
  const [setup, compare] = await Promise.all([runSetup(request), runCompare(request)])
  const body = await readFile(path.join(root, 'examples', `${example}.json`), 'utf8')
  const first = await measured(sandbox, '/v1/setups', body)
  const again = await measured(sandbox, '/v1/setups', body)
  const plan = await measured(sandbox, '/v1/plans', body)
  const drift = await measured(sandbox, `/v1/clusters/${request.cluster.name}/drift`, '{}')
  return [String(setup.entered.length), ...first, ...again, String(compare.entered.length), ...plan, ...drift]
}

async function measured(sandbox: Sandbox, to: string, body: string): Promise<string[]> {
  for (const log of logsOf(sandbox)) await log.clear()
  const ended = await run(sandbox.gateway.url, to, body)
  const logged = (await Promise.all(logsOf(sandbox).map(async (log) => log.all()))).flat()
  const calls = logged.filter((call) => purposeOf(call) === 'outside')
  const seconds = (Date.parse(ended.endedAt ?? '') - Date.parse(ended.createdAt)) / 1000
  return [seconds.toFixed(1), String(calls.length), String(calls.filter(({ write }) => write).length)]
}

/**
 * Starts an operation and waits until it has succeeded.
 *
 * @throws {Error} when the API refuses the request
 * @throws {Error} when the operation ends without success
 */
export async function run(
  api: string,
  to: string,
  body: string,
  {
    method = 'POST',
    headers = {},
  }: { readonly method?: 'POST' | 'PUT' | 'DELETE'; readonly headers?: Record<string, string> } = {},
): Promise<z.output<typeof operation>> {
  const response = await fetch(api + to, {
    method,
    headers: { ...(method !== 'DELETE' && { 'content-type': 'application/json' }), ...headers },
    ...(method !== 'DELETE' && { body }),
  })
  const location = response.headers.get('location')
  if (location === null) throw new Error(`${to} answered ${response.status}: ${await response.text()}`)
  for (;;) {
    const now = operation.parse(await (await fetch(api + location)).json())
    if (now.status === 'succeeded') return now
    if (now.endedAt !== undefined) throw new Error(`${to}: ${JSON.stringify(now.error)}`)
    await sleep(pollIntervalMs)
  }
}

export function logsOf({ aws, google, kubernetes }: Sandbox): readonly CallLog[] {
  return [aws.calls, google.calls, ...kubernetes.names().flatMap((name) => kubernetes.cluster(name)?.calls ?? [])]
}
