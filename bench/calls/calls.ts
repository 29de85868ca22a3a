import { readFile } from 'node:fs/promises'
import path from 'node:path'
import * as z from 'zod/mini'
import { prepareExamples } from '../../sandbox/examples.ts'
import type { Fault } from '../../sandbox/faults.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { exampleRequest } from '../../test/support/api/requests.ts'
import { type CallPurpose, purposeOf } from '../../test/support/call-purpose.ts'
import { setupMachine } from '../../test/support/workflows/setup-workflow.ts'
import { lambdaTasksOf } from '../../test/support/workflows/workflow-parts.ts'
import { logsOf, run } from '../parts/setups.ts'
import { inCell, type Part, table, textTable } from '../support/measure.ts'
import { inSandbox } from '../support/own-sandbox.ts'
import { reasonFor } from './call-reasons.ts'
import { type CallWithPurpose, callsBySteps, type StepCalls } from './calls-by-steps.ts'
import { longestChain, longestPath, spanOf } from './chain.ts'
import { coldFunctionsOfReadyCluster } from './cold-functions.ts'

const root = path.resolve(import.meta.dirname, '../..')
/** The delay of each call to AWS, Google and Kubernetes. */
const delayMs = 100
/** More calls than any setup makes. */
const always = 1_000_000
const late: Fault = { kind: 'delay', operation: '*', times: always, delayMs }

/** So short that the first CheckCluster finds the cluster ready. */
const provisioningMs = 200

/** Examples of a first setup with one workload, by the signer of the webhook certificate. */
const setups = { 'own-ca': 'setup', csr: 'csr-cluster' } as const

const times = z.object({ createdAt: z.string(), endedAt: z.string() })

const states = lambdaTasksOf(setupMachine).map(([state]) => state)

/** Measures each step of a first setup: its calls, the longest chain of them, and its duration with delayed calls. */
export async function calls(): Promise<Part> {
  const texts: string[] = []
  for (const [mode, example] of Object.entries(setups)) {
    const { steps, wallMs } = await measured(example)
    texts.push(`Webhook mode \`${mode}\` (\`examples/${example}.json\`):\n\n${tableOf(steps, wallMs)}`)
    texts.push(`The chain of the outside calls of each of its steps:\n\n${chainTableOf(steps)}`)
  }
  texts.push(coldText(await coldFunctionsOfReadyCluster()))
  return { title: 'Calls of a first setup, by step', text: [...texts, note].join('\n\n') }
}

const note = `Each response is delayed by ${delayMs} ms, also those of DynamoDB and S3. Outside calls are those to IAM, STS, Secrets Manager, Google and
Kubernetes. The table does not count the documents that STS reads, and the calls of the API's functions. Each function is cold. CheckCluster
polls once, because the cluster is ready by then. A chain is the longest sequence of calls that do not overlap: of all calls, and of the
outside calls only. The chain of the setup follows the longer one of parallel branches. The time of a step is from its first call to its last
response, with the waits between its polls, which are a twentieth of those on AWS. The time of the setup includes the starts of the functions,
and the time that the sandbox itself needs.`

function coldText(functions: readonly string[]): string {
  return `The first setup of a ready cluster starts ${functions.length} functions one after another: ${functions.map((name) => `\`${name}\``).join(', ')}.
This follows from the state machine and the groups of functions. Fewer are not possible while RegisterOidc, CreateRole, BindKsa and Verify
have a function each: a workload needs them in sequence, after the check of the cluster and before the record of the result.`
}

const head = ['step', 'outside calls', 'of them writes', 'S3', 'DynamoDB', 'chain', 'outside chain', 's', 's / chain']

function tableOf(steps: readonly StepCalls[], wallMs: number): string {
  const all: StepCalls = { state: 'the setup', calls: steps.flatMap(({ calls }) => calls), wallMs }
  const along = (chain: (calls: readonly CallWithPurpose[]) => number) =>
    longestPath(setupMachine, (state) => chain(steps.find((step) => step.state === state)?.calls ?? []))
  const rows = steps.map((step) => rowOf(step, chainOf(step.calls), chainOfOutside(step.calls)))
  return table(head, [...rows, rowOf(all, along(chainOf), along(chainOfOutside))])
}

/** A table of the calls in the longest chain of each step. Of simultaneous calls, it shows the call that ends first. */
function chainTableOf(steps: readonly StepCalls[]): string {
  const rows = steps.flatMap((step) => {
    const outside = step.calls.filter(({ purpose }) => purpose === 'outside')
    const reasons = new Map(outside.map((call) => [call, reasonFor(call, step)]))
    const chain = longestChain(outside.map((call) => ({ ...spanOf(call), call })))
    return chain.map(({ call }) => [step.state, nameOf(call), reasons.get(call) ?? ''])
  })
  return textTable(['step', 'call', 'why'], rows)
}

/** The call without the names that are specific to the cluster. */
function nameOf({ operation, object }: CallWithPurpose): string {
  const [verb = '', path = ''] = operation.split(' ')
  if (!path.startsWith('/')) return `\`${operation}\``
  return `\`${verb}\` ${inCell(object)}`
}

function rowOf({ state, calls, wallMs }: StepCalls, chain: number, chainOfOutside: number): string[] {
  const of = (wanted: CallPurpose) => calls.filter(({ purpose }) => purpose === wanted)
  const outside = of('outside')
  const counts = [
    outside.length,
    outside.filter(({ write }) => write).length,
    of('storage').length,
    of('record').length,
  ]
  const ratio = (wallMs / (chain * delayMs)).toFixed(2)
  return [state, ...[...counts, chain, chainOfOutside].map(String), (wallMs / 1000).toFixed(1), ratio]
}

function chainOf(calls: readonly CallWithPurpose[]): number {
  return longestChain(calls.map(spanOf)).length
}

function chainOfOutside(calls: readonly CallWithPurpose[]): number {
  return chainOf(calls.filter(({ purpose }) => purpose === 'outside'))
}

async function measured(example: (typeof setups)[keyof typeof setups]) {
  return inSandbox(async (sandbox) => {
    sandbox.kubernetes.provisioningMs = provisioningMs
    await prepareExamples(sandbox)
    await delayAll(sandbox)
    for (const log of logsOf(sandbox)) await log.clear()
    const body = await readFile(path.join(root, 'examples', `${example}.json`), 'utf8')
    const { operationId } = await run(sandbox.gateway.url, '/v1/setups', body)
    return await callsOf(sandbox, exampleRequest(example).cluster.name, operationId)
  })
}

/** Delays all calls. The delay of a cluster that the setup creates begins with the start of the cluster. */
async function delayAll({ aws, google, kubernetes }: Sandbox): Promise<void> {
  kubernetes.onClusterUp((name) => kubernetes.cluster(name)?.faults.add(late))
  kubernetes.management.faults.add(late)
  google.faults.add(late)
  await aws.faults.add(late)
}

async function callsOf(sandbox: Sandbox, cluster: string, operationId: string) {
  const answer = await fetch(`${sandbox.gateway.url}/v1/operations/${operationId}`)
  const { createdAt, endedAt } = times.parse(await answer.json())
  const { aws, google, kubernetes } = sandbox
  const own = kubernetes.cluster(cluster)?.calls.all() ?? []
  const logged = [...(await aws.calls.all()), ...google.calls.all(), ...kubernetes.management.calls.all(), ...own]
  const made = logged
    .map((call) => ({ ...call, purpose: purposeOf(call) }))
    .filter(({ purpose }) => purpose !== 'aside')
  return { steps: callsBySteps(made, states), wallMs: Date.parse(endedAt) - Date.parse(createdAt) }
}
