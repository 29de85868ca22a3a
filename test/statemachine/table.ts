import { batchesOf } from '../../infra/cost/runs.ts'
import { mostOften, never, type Repeats } from '../support/item-events.ts'
import {
  type Events,
  eventsInBatches,
  eventsOfBatch,
  eventsWith,
  fewestEvents,
  heaviestStates,
  mostEventsOfSetup,
  transitionCost,
  waitingEvents,
} from '../support/setup-sizes.ts'

const counts = [1, 20, 40, 100, 400]

/** How large the executions of setups get, as a table of Markdown. */
export async function sizeTable(): Promise<string> {
  const kinds = [
    [await fewestEvents(), never],
    [await waitingEvents(), never],
    [await mostEventsOfSetup(), mostOften],
  ] as const
  const rows = await Promise.all(counts.map((count) => row(count, kinds)))
  return [
    '| workloads | executions | events of the setup | with the longest waits | and the most retries | events of a batch, with the most retries | heaviest state, KiB: usual names, longest | transitions | USD |',
    '|---|---|---|---|---|---|---|---|---|',
    ...rows,
  ].join('\n')
}

async function row(count: number, kinds: readonly (readonly [Events, Repeats])[]): Promise<string> {
  const { usual, longest } = await heaviestStates(count)
  const { transitions, usd } = transitionCost(count)
  const batches = batchesOf(count)
  const cells = [
    count,
    1 + 2 * batches,
    ...kinds.map(([events, repeats]) =>
      grouped(batches > 0 ? eventsInBatches(events, batches, repeats) : eventsWith(events, count)),
    ),
    batches > 0 ? `${grouped(eventsOfBatch(never))}, ${grouped(eventsOfBatch(mostOften))}` : '',
    `${kib(usual)}, ${kib(longest)}`,
    grouped(transitions),
    usd.toFixed(4),
  ]
  return `| ${cells.join(' | ')} |`
}

function grouped(count: number): string {
  return count.toLocaleString('en')
}

function kib(bytes: number): string {
  return (bytes / 1024).toFixed(0)
}
