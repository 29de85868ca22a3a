/** How large the execution of a setup gets with its number of workloads, computed from the definition. */
import { prices } from '../../infra/cost/prices.ts'
import { runs, runWith } from '../../infra/cost/runs.ts'
import { runStubbed } from './definitions.ts'
import { eventsOfOneItem, mostOften, never, type Repeats } from './item-events.ts'
import { longAnswers, longNamedSetup } from './largest-requests.ts'
import { longestSetup, mostFailures, noFailures } from './longest-setup.ts'
import { exampleRequest } from './requests.ts'
import { setupMachine } from './setup-workflow.ts'
import { eventsOf, eventsOfExecution, eventsOfItem } from './workflow.ts'
import type { Machine, State } from './workflow-machine.ts'
import { statesOf } from './workflow-parts.ts'

/** No execution is to have more: 25,000 is what Step Functions keeps, and the rest is for what nobody has thought of. */
export const mostEvents = 15_000

/** The events of an execution: so many of itself, and so many for each workload. */
export interface Events {
  readonly once: number
  readonly each: number
}

/** The Maps that a workload of the request passes. */
const mapsOfWorkloads = ['CreateRoles', 'VerifyWorkloads']

/** Of a setup in which all goes well at once. */
export async function fewestEvents(): Promise<Events> {
  const { events } = await runStubbed(setupMachine, exampleRequest('setup'), longAnswers)
  return eventsBy(never, events)
}

/** Of a setup that waits until each deadline. */
export async function waitingEvents(): Promise<Events> {
  const { events } = await longestSetup(longNamedSetup(1), noFailures)
  return eventsBy(never, events)
}

/** Of a setup that waits until each deadline, and whose calls fail as often as the retrier with the most attempts allows. */
export async function mostEventsOfSetup(): Promise<Events> {
  const { events } = await longestSetup(longNamedSetup(1), mostFailures)
  return eventsBy(mostOften, events)
}

/** @param ofOne the events of a setup of one workload */
function eventsBy(repeats: Repeats, ofOne: number): Events {
  const each = mapsOf(setupMachine).reduce((sum, [, map]) => sum + eventsOfOneItem(map, repeats), 0)
  return { once: ofOne - each, each }
}

function mapsOf(machine: Machine): [string, State][] {
  return statesOf(machine).filter(([name]) => mapsOfWorkloads.includes(name))
}

export function eventsWith({ once, each }: Events, workloads: number): number {
  return once + each * workloads
}

/** How many workloads an execution of its own takes: docs/adr/0005-many-workloads.md has the plan. */
export const batchSize = 40

/** The most events of a setup in batches, each of which is an execution of its own for each Map. */
export function inBatches(most: Events, workloads: number): { readonly setup: number; readonly batch: number } {
  const batches = Math.ceil(workloads / batchSize)
  const maps = mapsOf(setupMachine)
  const ofMap = Math.max(...maps.map(([, map]) => eventsOfOneItem(map, mostOften)))
  return {
    setup: most.once + maps.length * (eventsOf.Map + batches * eventsOfBatch),
    batch: eventsOf.Pass + eventsOf.Map + batchSize * ofMap + eventsOfExecution,
  }
}

/** Its item, its state, and each start with `scheduled`, `started`, `submitted` and what came of it. Starts are repeated six times. */
const eventsOfBatch = eventsOfItem + eventsOf.Task + 7 * 4

/** How many workloads an execution takes with so many events. */
export function workloadsWithin(events: number, { once, each }: Events): number {
  return Math.floor((events - once) / each)
}

/** Bytes of the heaviest state: with the longest names and ARNs, and with names as people give them. */
export async function heaviestStates(workloads: number): Promise<{ readonly longest: number; readonly usual: number }> {
  const long = longNamedSetup(workloads)
  const usual = {
    ...long,
    workloads: long.workloads.map(({ role }, index) => ({
      namespace: `team-${index % 20}`,
      serviceAccount: `service-${index}`,
      role: { ...role, name: `prod-eu-team-${index % 20}-service-${index}-0123456789ab`, policyArns: [usualPolicy] },
    })),
  }
  const [longest, ofUsual] = await Promise.all([
    runStubbed(setupMachine, long, longAnswers),
    runStubbed(setupMachine, usual, { ...longAnswers, CreateRole: { ready: true, roleArn: usualRole } }),
  ])
  return { longest: longest.heaviest.bytes, usual: ofUsual.heaviest.bytes }
}

const usualPolicy = 'arn:aws:iam::000000000000:policy/workloads/reader'
const usualRole = 'arn:aws:iam::000000000000:role/workload-identity/prod-eu-team-00-service-000-0123456789ab'

/** US dollars that Step Functions charges for a setup without polls and retries. */
export function transitionCost(workloads: number): { readonly transitions: number; readonly usd: number } {
  const { transitions } = runWith(runs.setup, workloads)
  return { transitions, usd: (transitions * prices.transitions.usd) / prices.transitions.per }
}
