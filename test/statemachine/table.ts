import {
  batchSize,
  type Events,
  eventsWith,
  fewestEvents,
  heaviestStates,
  inBatches,
  mostEventsOfSetup,
  transitionCost,
  waitingEvents,
} from '../support/setup-sizes.ts'

const counts = [1, 20, 100, 400]

/** How large the executions of setups get, as a table of Markdown. */
export async function sizeTable(): Promise<string> {
  const events = [await fewestEvents(), await waitingEvents(), await mostEventsOfSetup()] as const
  const rows = await Promise.all(counts.map((count) => row(count, events)))
  const [fewest, waiting, most] = events
  return [
    '| workloads | events | with the longest waits | and the most retries | the same in batches: of the setup, of a batch | heaviest state, KiB: usual names, longest | transitions | USD |',
    '|---|---|---|---|---|---|---|---|',
    ...rows,
    `| N | ${sum(fewest)} | ${sum(waiting)} | ${sum(most)} | | | | |`,
  ].join('\n')
}

async function row(count: number, [fewest, waiting, most]: readonly [Events, Events, Events]): Promise<string> {
  const { usual, longest } = await heaviestStates(count)
  const { transitions, usd } = transitionCost(count)
  const cells = [
    count,
    ...[fewest, waiting, most].map((each) => grouped(eventsWith(each, count))),
    count > batchSize ? batchesOf(most, count) : '',
    `${kib(usual)}, ${kib(longest)}`,
    grouped(transitions),
    usd.toFixed(4),
  ]
  return `| ${cells.join(' | ')} |`
}

function batchesOf(most: Events, count: number): string {
  const { setup, batch } = inBatches(most, count)
  return `${grouped(setup)}, ${grouped(batch)}`
}

function sum({ once, each }: Events): string {
  return `${grouped(once)} + ${each} N`
}

function grouped(count: number): string {
  return count.toLocaleString('en')
}

function kib(bytes: number): string {
  return (bytes / 1024).toFixed(0)
}
