import type { System } from '../../e2e/support/system.ts'
import { armed } from './armed.ts'
import type { Cell } from './cells.ts'
import { differenceOf } from './difference.ts'
import { faultsOfReport } from './judge.ts'
import { outcomes } from './outcomes.ts'
import { type OutsideCall, outsideCalls } from './outside-calls.ts'
import type { Subject, Workflow } from './workflows.ts'

/** A run of a workflow without faults. */
export interface Undisturbed {
  readonly calls: readonly OutsideCall[]
  /** The objects after the run. */
  readonly state: readonly string[]
}

/** Runs the workflow once. No other operation may run. */
export async function undisturbed(system: System, workflow: Workflow, subject: Subject): Promise<Undisturbed> {
  const { kubernetes } = system.sandbox
  // A teardown deletes the cluster, and a setup creates it.
  const before = kubernetes.cluster(subject.cluster)
  await system.clearCalls()
  const end = await subject.run()
  if (end) throw new Error(`${workflow.name}, undisturbed: ${JSON.stringify(end.error)}`)
  const cluster = before ?? kubernetes.cluster(subject.cluster)
  if (!cluster) throw new Error(`${workflow.name} left no cluster`)
  const calls = await outsideCalls(system, cluster, workflow.steps)
  return { calls: calls.filter(workflow.tries ?? (() => true)), state: await subject.state() }
}

/**
 * The outcome of a cell: one of `outcomes`, or a description of the mistake.
 *
 * @param before a run of the workflow without faults
 */
export async function outcomeOf(system: System, subject: Subject, cell: Cell, before: Undisturbed): Promise<string> {
  const order = await armed(system, subject.cluster, cell)
  const end = await subject.run()
  const metAt = await order.disarm()
  if (metAt.length === 0) return outcomes.notMet
  const misreported = end ? faultsOfReport(cell, { ...end, cluster: subject.cluster, metAt }) : []
  if (end && misreported.length > 0) return `wrong: ${misreported.join(', ')}: ${JSON.stringify(end.error)}`
  if (end) {
    await system.untilFree(subject.cluster)
    const next = await subject.run()
    if (next) return `wrong: the next request fails: ${JSON.stringify(next.error)}`
  }
  const differing = differenceOf(await subject.state(), before.state)
  if (differing.length > 0) return `wrong: left behind: ${differing.join('; ').slice(0, 300)}`
  return end ? outcomes.byNext : outcomes.atOnce
}
