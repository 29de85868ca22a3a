/** Sizes of the executions of workflows by the number of workloads, computed from the definitions. */
import { batchesOf } from '../../../infra/cost/execution-costs.ts'
import { batchSize, partOf } from '../../../infra/definition/batches.ts'
import { batchMachine, workflows } from '../../../infra/workflows.ts'
import { longAnswers } from '../api/largest-requests.ts'
import { longestRequest, usualRequest, usualRole, type WideKind } from '../api/wide-requests.ts'
import { definition, runStubbed } from './definitions.ts'
import { eventsOfOneItem, mostOften, never, type Repeats } from './item-events.ts'
import { longestRun, mostFailures, noFailures } from './longest-runs.ts'
import { eventsOf, eventsOfExecution } from './workflow.ts'
import { statesOf } from './workflow-parts.ts'

/** The limit of events in these tests. Step Functions allows 25,000; the rest is a reserve. */
export const mostEvents = 15_000

/** The events of an execution: once, for each workload, and for each batch if the workloads are in batches. */
export interface Events {
  readonly once: number
  readonly each: number
  readonly batch: number
}

/** The Maps that run for each workload of the request. */
export const mapsOf: Readonly<Record<WideKind, readonly string[]>> = {
  setup: ['CreateRoles', 'VerifyWorkloads'],
  verification: ['VerifyWorkloads'],
  drift: ['CreateRoles'],
  plan: ['CreateRoles'],
  teardown: ['Workloads'],
}

/** The events of an execution that succeeds without waiting. */
export async function fewestEvents(kind: WideKind): Promise<Events> {
  const { events } = await runStubbed(definition(workflows[kind]), longestRequest(kind, 1), longAnswers)
  return eventsBy(kind, never, events)
}

/** The events of an execution that waits until each deadline. */
export async function waitingEvents(kind: WideKind): Promise<Events> {
  const { events } = await longestRun(kind, longestRequest(kind, 1), noFailures)
  return eventsBy(kind, never, events)
}

/** The events of an execution that waits until each deadline, with the maximum number of retries. */
export async function mostEventsOf(kind: WideKind): Promise<Events> {
  const { events } = await longestRun(kind, longestRequest(kind, 1), mostFailures)
  return eventsBy(kind, mostOften, events)
}

/** @param ofOne the events of one workload */
function eventsBy(kind: WideKind, repeats: Repeats, ofOne: number): Events {
  const each = eventsOfItems(kind, mapsOf[kind], repeats)
  return { once: ofOne - each, each, batch: eventsOfItems(kind, mapsOf[kind].map(inBatches), repeats) }
}

/** The events of one item of each of these Maps. */
function eventsOfItems(kind: WideKind, maps: readonly string[], repeats: Repeats): number {
  const own = statesOf(definition(workflows[kind])).filter(([name]) => maps.includes(name))
  return own.reduce((sum, [, map]) => sum + eventsOfOneItem(map, repeats), 0)
}

function inBatches(map: string): string {
  return `${map}InBatches`
}

/** The events of an execution with this many workloads, without those of its batches. */
export function eventsWith({ once, each, batch }: Events, workloads: number): number {
  return once + (workloads > batchSize ? batchesOf(workloads) * batch : workloads * each)
}

/** The additional events of a setup or a plan that removes this many workloads in batches. */
export function eventsOfRemoval(kind: 'setup' | 'plan', workloads: number, repeats: Repeats): number {
  return (
    eventsOf.Choice + eventsOf.Map + batchesOf(workloads) * eventsOfItems(kind, ['RemoveWorkloadsInBatches'], repeats)
  )
}

/** The additional events for each removed workload without batches. */
export function eventsOfRemovedOne(kind: 'setup' | 'plan', repeats: Repeats): number {
  return eventsOfItems(kind, ['RemoveWorkloads'], repeats)
}

/** The maximum number of events of a batch's execution, for the Maps of one kind or of all. */
export function eventsOfBatch(repeats: Repeats, kind?: WideKind): number {
  const parts = kind && mapsOf[kind].map((map) => partOf(workflows[kind], map))
  const maps = Object.entries(definition(batchMachine).States).filter(([name, { Type }]) => {
    return Type === 'Map' && (parts?.includes(name) ?? true)
  })
  const ofWorkload = Math.max(...maps.map(([, map]) => eventsOfOneItem(map, repeats)))
  return eventsOfExecution + eventsOf.Choice + eventsOf.Map + batchSize * ofWorkload
}

/** Bytes of the largest state: with the longest names and ARNs, and with names of usual length. */
export async function heaviestStates(
  kind: WideKind,
  workloads: number,
): Promise<{ readonly longest: number; readonly usual: number }> {
  const machine = definition(workflows[kind])
  const [longest, ofUsual] = await Promise.all([
    runStubbed(machine, longestRequest(kind, workloads), longAnswers),
    runStubbed(machine, usualRequest(kind, workloads), {
      ...longAnswers,
      CreateRole: { ready: true, roleArn: usualRole },
    }),
  ])
  return { longest: longest.heaviest.bytes, usual: ofUsual.heaviest.bytes }
}
