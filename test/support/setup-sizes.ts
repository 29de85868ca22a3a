/** How large the execution of a setup gets with its number of workloads, computed from the definition. */
import { prices } from '../../infra/cost/prices.ts'
import { batchSize, runs, runWith } from '../../infra/cost/runs.ts'
import { runStubbed } from './definitions.ts'
import { eventsOfOneItem, mostOften, never, type Repeats } from './item-events.ts'
import { longAnswers, longNamedSetup } from './largest-requests.ts'
import { longestSetup, mostFailures, noFailures } from './longest-setup.ts'
import { exampleRequest } from './requests.ts'
import { setupMachine } from './setup-workflow.ts'
import { eventsOf, eventsOfExecution } from './workflow.ts'
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
/** In their place, when there are many. */
const mapsOfBatches = ['RoleBatches', 'ProofBatches']

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
  const each = total(ofItems(mapsOfWorkloads, repeats))
  return { once: ofOne - each, each }
}

/** The events of one item of each of these Maps. */
function ofItems(maps: readonly string[], repeats: Repeats): number[] {
  return statesOf(setupMachine).flatMap(([name, map]) => (maps.includes(name) ? eventsOfOneItem(map, repeats) : []))
}

function total(numbers: readonly number[]): number {
  return numbers.reduce((sum, each) => sum + each, 0)
}

export function eventsWith({ once, each }: Events, workloads: number): number {
  return once + each * workloads
}

/** The events of a setup in batches. @param once its events without those of workloads */
export function eventsInBatches({ once }: Events, batches: number, repeats: Repeats): number {
  return once + batches * total(ofItems(mapsOfBatches, repeats))
}

/** What a setup that removes so many batches has besides. */
export function eventsOfRemoval(batches: number, repeats: Repeats): number {
  return eventsOf.Map + batches * total(ofItems(['RemovalBatches'], repeats))
}

/** What a setup has besides for each workload that it removes, when it is one execution. */
export function eventsOfRemovedOne(repeats: Repeats): number {
  return total(ofItems(['RemoveWorkloads'], repeats))
}

/** The events of the execution of a batch, of the Map that has most. */
export function eventsOfBatch(repeats: Repeats): number {
  const ofWorkload = Math.max(...ofItems([...mapsOfWorkloads, 'RemoveWorkloads'], repeats))
  return eventsOfExecution + eventsOf.Pass + eventsOf.Choice + eventsOf.Map + batchSize * ofWorkload
}

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
