/** How large the executions of workflows get with the number of workloads, computed from the definitions. */
import { batchesOf } from '../../../infra/cost/runs.ts'
import { batchSize, partOf } from '../../../infra/definition/batches.ts'
import { batchMachine, workflows } from '../../../infra/workflows.ts'
import { longAnswers } from '../api/largest-requests.ts'
import { longestRequest, usualRequest, usualRole, type WideKind } from '../api/wide-requests.ts'
import { definition, runStubbed } from './definitions.ts'
import { eventsOfOneItem, mostOften, never, type Repeats } from './item-events.ts'
import { longestRun, mostFailures, noFailures } from './longest-runs.ts'
import { eventsOf, eventsOfExecution } from './workflow.ts'
import { statesOf } from './workflow-parts.ts'

/** No execution is to have more: 25,000 is what Step Functions keeps, and the rest is for what nobody has thought of. */
export const mostEvents = 15_000

/** The events of an execution: so many of itself, so many for each workload, and so many for each batch in place of them. */
export interface Events {
  readonly once: number
  readonly each: number
  readonly batch: number
}

/** The Maps that a workload of the request passes. */
export const mapsOf: Readonly<Record<WideKind, readonly string[]>> = {
  setup: ['CreateRoles', 'VerifyWorkloads'],
  verification: ['VerifyWorkloads'],
  drift: ['CreateRoles'],
  plan: ['CreateRoles'],
  teardown: ['Workloads'],
}

/** Of one that goes well at once. */
export async function fewestEvents(kind: WideKind): Promise<Events> {
  const { events } = await runStubbed(definition(workflows[kind]), longestRequest(kind, 1), longAnswers)
  return eventsBy(kind, never, events)
}

/** Of one that waits until each deadline. */
export async function waitingEvents(kind: WideKind): Promise<Events> {
  const { events } = await longestRun(kind, longestRequest(kind, 1), noFailures)
  return eventsBy(kind, never, events)
}

/** Of one that waits until each deadline, and whose calls fail as often as the retrier with the most attempts allows. */
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

/** The events of an execution with so many workloads, which is one of many without those of its batches. */
export function eventsWith({ once, each, batch }: Events, workloads: number): number {
  return once + (workloads > batchSize ? batchesOf(workloads) * batch : workloads * each)
}

/** What a setup or a plan of so many workloads that have left the spec has besides, in batches. */
export function eventsOfRemoval(kind: 'setup' | 'plan', workloads: number, repeats: Repeats): number {
  return (
    eventsOf.Choice + eventsOf.Map + batchesOf(workloads) * eventsOfItems(kind, ['RemoveWorkloadsInBatches'], repeats)
  )
}

/** What it has besides for each of them when it is one execution. */
export function eventsOfRemovedOne(kind: 'setup' | 'plan', repeats: Repeats): number {
  return eventsOfItems(kind, ['RemoveWorkloads'], repeats)
}

/** The most events of the execution of a batch of these Maps of a workflow, or of any Map of any workflow. */
export function eventsOfBatch(repeats: Repeats, kind?: WideKind): number {
  const parts = kind && mapsOf[kind].map((map) => partOf(workflows[kind], map))
  const maps = Object.entries(definition(batchMachine).States).filter(([name, { Type }]) => {
    return Type === 'Map' && (parts?.includes(name) ?? true)
  })
  const ofWorkload = Math.max(...maps.map(([, map]) => eventsOfOneItem(map, repeats)))
  return eventsOfExecution + eventsOf.Choice + eventsOf.Map + batchSize * ofWorkload
}

/** Bytes of the heaviest state: with the longest names and ARNs, and with names as people give them. */
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
