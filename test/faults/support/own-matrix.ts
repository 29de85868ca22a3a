import { setTimeout as sleep } from 'node:timers/promises'
import * as z from 'zod'
import { operationError } from '../../../lambdas/errors/recorded.ts'
import { readRecord } from '../../e2e/support/aws-clients.ts'
import type { OperationAnswer } from '../../e2e/support/operation.ts'
import { callBySchedule, callForEnd } from '../../e2e/support/runs/reconciler.ts'
import type { System } from '../../e2e/support/system.ts'
import type { Notifications } from '../../support/aws/notifications.ts'
import { differenceOf } from './difference.ts'
import { killed } from './kinds.ts'
import { outcomes } from './outcomes.ts'
import { errorsOf, isAnswerTo, type OwnCall, type OwnCell, ownCalls, ownOrderOf } from './own-calls.ts'
import type { OwnSubject, OwnWorkflow } from './own-workflows.ts'
import { waitingOutcomeOf, waitingUndisturbed } from './waiting-matrix.ts'

/** A run of a workflow without faults. */
export interface OwnUndisturbed {
  readonly calls: readonly OwnCall[]
  readonly state: readonly string[]
}

export interface OwnRun {
  readonly system: System
  readonly workflow: OwnWorkflow
  readonly subject: OwnSubject
  readonly notifications: Notifications
}

/** Milliseconds. The reconciler ends an operation without an execution a minute after it was recorded. */
const freePatience = 120_000
/** Milliseconds in which the reconciler settles an ended execution. */
const settlePatience = 5_000
/** Milliseconds in which a setup without credentials fails, and the reconciler ends it if it can. */
const reconcilerPatience = 15_000

/** Runs the workflow once. No other operation may run. */
export async function ownUndisturbed(run: OwnRun): Promise<OwnUndisturbed> {
  const { system, subject, workflow } = run
  await system.clearCalls()
  if (subject.waitsFor) {
    const state = await waitingUndisturbed({ ...run, waitsFor: subject.waitsFor })
    return { calls: ownCalls(await system.sandbox.aws.calls.all(), workflow.callers), state }
  }
  const operation = await ended(run, await subject.request())
  if (operation?.status !== workflow.ends)
    throw new Error(`${workflow.name}, undisturbed: ${JSON.stringify(operation)}`)
  const left = await leftOf(system, subject.cluster, operation)
  if (left.length > 0) throw new Error(`${workflow.name}, undisturbed: ${left.join('; ')}`)
  await run.notifications.take()
  return { calls: ownCalls(await system.sandbox.aws.calls.all(), workflow.callers), state: await subject.state() }
}

/** The outcome of a cell: one of `outcomes`, or a description of the mistake. */
export async function ownOutcomeOf(run: OwnRun, cell: OwnCell, before: OwnUndisturbed): Promise<string> {
  const { waitsFor } = run.subject
  if (waitsFor) return waitingOutcomeOf({ ...run, waitsFor }, cell, before.state)
  const { isMet, response, operation, isLate } = await disturbed(run, cell)
  if (!isMet) return outcomes.notMet
  if (!operation && !isAnswerTo(cell.fault, response)) return `wrong: the API answers ${response.status}`
  const isWell = operation?.status === run.workflow.ends
  const wrong = [
    ...(operation ? await faultsOf(run, cell, operation) : []),
    ...(isWell ? [] : await faultsOfNext(run)),
    ...differenceOf(await run.subject.state(), before.state),
  ]
  if (wrong.length > 0) return `wrong: ${wrong.join('; ').slice(0, 400)}`
  return isWell && !isLate ? outcomes.atOnce : outcomes.byNext
}

/** Sends the request while the fault is active. */
async function disturbed(run: OwnRun, cell: OwnCell) {
  const { faults } = run.system.sandbox.aws
  const order = ownOrderOf(cell)
  await faults.add(order)
  const response = await run.subject.request()
  const inTime = await endedMeanwhile(run, cell, response)
  // The reconciler's call for the ended execution also meets the fault.
  if (inTime) await isSettled(run.system, inTime.operationId)
  const isMet = (await faults.remove(order)).length > 0
  const isLate = response.ok && !inTime
  if (isLate) await callAgain(run, response)
  return { isMet, response, operation: inTime ?? (await ended(run, response)), isLate }
}

/** Calls the reconciler for the end of the execution, as the retries of Lambda do. */
async function callAgain({ system }: OwnRun, response: Response): Promise<void> {
  await callForEnd(system, { ...(await system.observe(await locationOf(response))), status: 'failed' })
}

/** The operation, if it ends while the fault is active. A reconciler that always meets the fault ends no operation. */
async function endedMeanwhile(
  run: OwnRun,
  { call }: OwnCell,
  response: Response,
): Promise<OperationAnswer | undefined> {
  if (!call.caller.startsWith('Reconciler') || !response.ok) return ended(run, response)
  const deadline = Date.now() + reconcilerPatience
  for (;;) {
    const operation = await run.system.observe(await locationOf(response))
    if (operation.endedAt !== undefined) return operation
    if (Date.now() > deadline) return undefined
    await sleep(200)
  }
}

/** The mistakes of the same request without the fault. */
async function faultsOfNext(run: OwnRun): Promise<string[]> {
  const { system, subject, workflow } = run
  const response = await untilAccepted(subject)
  // The operation whose answer was lost has already removed the cluster.
  if (response.status === 404) return lockOf(system, subject.cluster)
  const next = await ended(run, response)
  if (next?.status !== workflow.ends) return [`the next request: ${JSON.stringify(next?.error ?? next?.status)}`]
  return leftOf(system, subject.cluster, next)
}

/** The mistakes in the record of an operation that met the fault. */
async function faultsOf(run: OwnRun, cell: OwnCell, operation: OperationAnswer): Promise<string[]> {
  const { system, subject, workflow } = run
  const wrong = [...repeatedIn(operation), ...(await leftOf(system, subject.cluster, operation))]
  if (operation.status === 'succeeded') return wrong
  return [
    ...wrong,
    ...(operation.status === workflow.ends ? [] : misreported(cell, operation)),
    ...((await isNotified(run, operation)) ? [] : ['no notification']),
  ]
}

function misreported({ call, fault }: OwnCell, operation: OperationAnswer): string[] {
  const error = errorOf(operation)
  // A step that records the end has no record. When its function is killed, the error names no step.
  const isOfCaller = error?.step === call.caller || (fault === killed && error?.step === undefined)
  const isOfStep = isOfCaller && error !== undefined && errorsOf(fault).includes(error.name)
  // A rotation repeats the error of the failed verification, a separate operation, and of a lock that was not released.
  const isRepeated = [error, operation.error].some((one) => one?.reason.includes(call.operation))
  return isOfStep || isRepeated ? [] : [`error ${JSON.stringify(error)}`]
}

const rotated = z.object({ clusters: z.array(z.object({ error: operationError })) })

/** A rotation has the error of each cluster in its result. */
function errorOf({ error, result }: OperationAnswer): OperationAnswer['error'] {
  return error?.name === 'ClustersFailed' ? rotated.parse(result).clusters[0]?.error : error
}

async function isNotified({ system, notifications }: OwnRun, operation: OperationAnswer): Promise<boolean> {
  const sent = await notifications.take()
  return sent.some((text) => text.includes(operation.operationId)) || isNotificationPending(system, operation)
}

/** Whether the reconciler will send the notification again in some minutes, because a run has not recorded that it sent it. */
async function isNotificationPending(system: System, { operationId }: OperationAnswer): Promise<boolean> {
  const { notifyAt } = await readRecord(system, { pk: `OPERATION#${operationId}`, sk: 'OPERATION' })
  return notifyAt !== undefined
}

/** Changes that a step reports twice. */
function repeatedIn({ steps }: OperationAnswer): string[] {
  return steps.flatMap(({ state, changes }) => {
    const made = changes.filter(({ action }) => action !== 'unchanged').map((change) => JSON.stringify(change))
    return made.filter((one, index) => made.indexOf(one) !== index).map((one) => `${state} reports twice: ${one}`)
  })
}

/** The leftovers of the operation: its item in the list of unsettled operations, and the lock of its cluster. */
async function leftOf(system: System, cluster: string, operation: OperationAnswer): Promise<string[]> {
  const { operationId } = operation
  if (!(await isSettled(system, operationId))) await callForEnd(system, operation)
  // A killed function counts as running until the timeout of Lambda.
  if (operation.cluster !== undefined && (await lockOf(system, cluster)).length > 0) {
    await system.untilFree(cluster)
    await callBySchedule(system)
  }
  const isDone = (await isSettled(system, operationId)) || (await isNotificationPending(system, operation))
  const left = isDone ? [] : [`${operationId} is not settled`]
  // The reconciler or the next request releases the locks of an ended rotation: lambdas/operations/{settle,stale-lock}.ts.
  if (operation.cluster === undefined) await system.untilFree(cluster)
  return operation.cluster === undefined ? left : [...left, ...(await lockOf(system, cluster))]
}

async function lockOf(system: System, cluster: string): Promise<string[]> {
  const lock = await readRecord(system, { pk: `CLUSTER#${cluster}`, sk: 'LOCK' })
  return Object.keys(lock).length === 0 ? [] : [`the lock of ${cluster} stays`]
}

async function isSettled(system: System, operationId: string): Promise<boolean> {
  const deadline = Date.now() + settlePatience
  for (;;) {
    const open = await readRecord(system, { pk: 'OPEN', sk: operationId })
    if (Object.keys(open).length === 0) return true
    if (Date.now() > deadline) return false
    await sleep(100)
  }
}

const summary = z.object({ operationId: z.string() })

/** Waits for the end of the operation. Undefined when the API has refused the request or failed. */
async function ended({ system }: OwnRun, response: Response): Promise<OperationAnswer | undefined> {
  return response.ok ? system.ended(await locationOf(response)) : undefined
}

async function locationOf(response: Response): Promise<string> {
  const { operationId } = summary.parse(await response.clone().json())
  return `/v1/operations/${operationId}`
}

/** Sends the request until no earlier operation blocks it. */
async function untilAccepted(subject: OwnSubject): Promise<Response> {
  const deadline = Date.now() + freePatience
  for (;;) {
    const response = await subject.request()
    if (response.ok || response.status === 404 || Date.now() > deadline) return response
    await sleep(1_000)
  }
}
