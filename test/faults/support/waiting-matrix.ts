/** Faults of the calls that record a waiting request, or apply its spec later. */
import { setTimeout as sleep } from 'node:timers/promises'
import * as z from 'zod'
import { readRecord } from '../../e2e/support/aws-clients.ts'
import type { OperationAnswer } from '../../e2e/support/operation.ts'
import { callBySchedule, callForEnd } from '../../e2e/support/runs/reconciler.ts'
import type { System } from '../../e2e/support/system.ts'
import { differenceOf } from './difference.ts'
import { outcomes } from './outcomes.ts'
import { isAnswerTo, type OwnCell, ownOrderOf } from './own-calls.ts'
import type { OwnSubject, WaitsFor } from './own-workflows.ts'

interface WaitingRun {
  readonly system: System
  readonly subject: OwnSubject
  readonly waitsFor: WaitsFor
}

/** Milliseconds in which the reconciler settles all ended operations, if it can. One that always meets the fault cannot. */
const atOncePatience = { once: 30_000, always: 10_000 }
/** Milliseconds. The reconciler starts a recorded operation after one minute. */
const patience = 120_000
const pollMs = 500

/** Runs the workflow without faults, and returns the end state. */
export async function waitingUndisturbed({ system, subject, waitsFor }: WaitingRun): Promise<string[]> {
  const response = await subject.request()
  waitsFor.release()
  if (!response.ok) throw new Error(`the API answers ${response.status} ${await response.text()}`)
  await system.ended(waitsFor.location)
  if (!(await isSettledWithin(patience, system, subject))) throw new Error('an operation does not end, undisturbed')
  return endOf(system, subject)
}

/**
 * The outcome of a cell: one of `outcomes`, or a description of the mistake.
 *
 * @param state the end state without faults
 */
export async function waitingOutcomeOf(
  { system, subject, waitsFor }: WaitingRun,
  cell: OwnCell,
  state: readonly string[],
): Promise<string> {
  const { faults } = system.sandbox.aws
  const order = ownOrderOf(cell)
  await faults.add(order)
  const first = await subject.request()
  if (!first.ok && !isAnswerTo(cell.fault, first)) return `wrong: the API answers ${first.status}`
  const metByRequest = first.ok ? [] : await faults.remove(order)
  // The setup still runs, so the request waits.
  const response = first.ok ? first : await subject.request()
  if (!response.ok) return `wrong: the API answers ${response.status} to the same request without the fault`
  waitsFor.release()
  await system.ended(waitsFor.location)
  const isAtOnce = await isSettledWithin(atOncePatience[cell.often], system, subject)
  const metAt = [...metByRequest, ...(await faults.remove(order))]
  if (metAt.length === 0) return outcomes.notMet
  const wrong = [
    ...(isAtOnce ? [] : await leftByReconciler(system, subject)),
    ...differenceOf(await endOf(system, subject), state),
  ]
  if (wrong.length > 0) return `wrong: ${wrong.join('; ').slice(0, 400)}`
  return isAtOnce && first.ok ? outcomes.atOnce : outcomes.byNext
}

/** The operations that repeated calls of the reconciler do not settle. */
async function leftByReconciler(system: System, subject: OwnSubject): Promise<string[]> {
  const deadline = Date.now() + patience
  while (Date.now() < deadline) {
    for (const operation of await openOperations(system, subject)) {
      if (operation.endedAt !== undefined && !operation.waits) await callForEnd(system, operation)
    }
    await callBySchedule(system)
    if (await isSettledWithin(2 * pollMs, system, subject)) return []
  }
  return (await openOperations(system, subject)).map(({ operationId, status }) => `${operationId} stays ${status}`)
}

async function isSettledWithin(milliseconds: number, system: System, subject: OwnSubject): Promise<boolean> {
  const deadline = Date.now() + milliseconds
  for (;;) {
    if ((await openOperations(system, subject)).length === 0) return true
    if (Date.now() > deadline) return false
    await sleep(pollMs)
  }
}

async function openOperations(system: System, { cluster }: OwnSubject): Promise<OperationAnswer[]> {
  const operations = await operationsOf(system, cluster)
  const items = await Promise.all(
    operations.map(({ operationId }) => readRecord(system, { pk: 'OPEN', sk: operationId })),
  )
  return operations.filter((_, index) => Object.keys(items[index] ?? {}).length > 0)
}

const page = z.object({ operations: z.array(z.object({ operationId: z.string() })) })

async function operationsOf(system: System, cluster: string): Promise<OperationAnswer[]> {
  const answer: unknown = await (await fetch(`${system.api}/v1/operations?cluster=${cluster}`)).json()
  const ids = page.parse(answer).operations.map(({ operationId }) => operationId)
  return Promise.all(ids.map((id) => system.observe(`/v1/operations/${id}`)))
}

/** The applied spec, and the operations that applied it. */
async function endOf(system: System, subject: OwnSubject): Promise<string[]> {
  const { cluster } = subject
  const [state, operations, lock] = await Promise.all([
    subject.state(),
    operationsOf(system, cluster),
    readRecord(system, { pk: `CLUSTER#${cluster}`, sk: 'LOCK' }),
  ])
  const ends = operations.map(({ kind, status, broughtAboutBy: by }) => `${kind} ${status}${by ? ' by another' : ''}`)
  return [...state, ...ends, ...(Object.keys(lock).length > 0 ? ['the lock stays'] : [])].sort()
}
