import { batchesOf } from '../../infra/cost/execution-costs.ts'
import type { WideKind } from '../support/api/wide-requests.ts'
import { mostOften, never } from '../support/workflows/item-events.ts'
import {
  eventsOfBatch,
  eventsWith,
  fewestEvents,
  heaviestStates,
  mapsOf,
  mostEventsOf,
  waitingEvents,
} from '../support/workflows/workflow-sizes.ts'

const counts: readonly (readonly [WideKind, readonly number[]])[] = [
  ['setup', [1, 20, 40, 100, 400]],
  ['verification', [1, 40, 400]],
  ['drift', [1, 40, 400]],
  ['plan', [1, 40, 400]],
  ['teardown', [1, 40, 400]],
]

/** A Markdown table with the sizes of the executions of operations by the number of workloads. */
export async function sizeTable(): Promise<string> {
  const rows = await Promise.all(counts.map(([kind, ofKind]) => rowsOf(kind, ofKind)))
  return [
    '| operation | workloads | executions | its events | with the longest waits | and the most retries | events of a batch, with the most retries | heaviest state, KiB: usual names, longest |',
    '|---|---|---|---|---|---|---|---|',
    ...rows.flat(),
  ].join('\n')
}

async function rowsOf(kind: WideKind, ofKind: readonly number[]): Promise<string[]> {
  const events = await Promise.all([fewestEvents(kind), waitingEvents(kind), mostEventsOf(kind)])
  return Promise.all(
    ofKind.map(async (workloads) => {
      const { usual, longest } = await heaviestStates(kind, workloads)
      const batches = batchesOf(workloads)
      const cells = [
        kind,
        workloads,
        1 + mapsOf[kind].length * batches,
        ...events.map((each) => grouped(eventsWith(each, workloads))),
        batches > 0 ? `${grouped(eventsOfBatch(never, kind))}, ${grouped(eventsOfBatch(mostOften, kind))}` : '',
        `${kib(usual)}, ${kib(longest)}`,
      ]
      return `| ${cells.join(' | ')} |`
    }),
  )
}

function grouped(count: number): string {
  return count.toLocaleString('en')
}

function kib(bytes: number): string {
  return (bytes / 1024).toFixed(0)
}
