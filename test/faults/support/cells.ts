import { createHash } from 'node:crypto'
import { sliceOf } from '../../support/slice.ts'
import { type FaultName, type HowOften, howOften, kindsOfFaults } from './kinds.ts'
import { nameOfCall, type OutsideCall } from './outside-calls.ts'
import { nameOfOwnCall, type OwnCell } from './own-calls.ts'

/** One fault of one call of a workflow. */
export interface Cell {
  readonly call: OutsideCall
  readonly fault: FaultName
  readonly often: HowOften
}

type AnyCell = Cell | OwnCell

export function cellsOf(calls: readonly OutsideCall[]): Cell[] {
  return calls.flatMap((call) =>
    kindsOfFaults.flatMap(({ name: fault }) => howOften.map((often) => ({ call, fault, often }))),
  )
}

/**
 * One cell of each of the faults. A digest selects it, so that the sample is unbiased and includes new calls. It skips calls that
 * are always late, because each attempt would wait.
 */
export function sampleOf<Any extends AnyCell>(
  workflow: string,
  cells: readonly Any[],
  faults: readonly Any['fault'][],
): Any[] {
  const drawn = inDrawnOrder(workflow, cells)
  const quick = drawn.filter(({ fault, often }) => fault !== '20 s late' || often === 'once')
  return faults.flatMap((name) => quick.find(({ fault }) => fault === name) ?? [])
}

/**
 * The cells of one slice, in drawn order.
 *
 * @param text such as `3/20`, the third of twenty slices. Undefined for all cells.
 */
export function slicedCells<Any extends AnyCell>(
  workflow: string,
  cells: readonly Any[],
  text: string | undefined,
): ReadonlySet<Any> {
  return new Set(sliceOf(inDrawnOrder(workflow, cells), text))
}

function inDrawnOrder<Any extends AnyCell>(workflow: string, cells: readonly Any[]): Any[] {
  const digestOf = ({ call, fault, often }: Any) =>
    createHash('sha256')
      .update([workflow, 'server' in call ? nameOfCall(call) : nameOfOwnCall(call), fault, often].join('/'))
      .digest('hex')
  const drawn = cells.map((cell) => ({ cell, digest: digestOf(cell) }))
  return drawn.sort((a, b) => a.digest.localeCompare(b.digest)).map(({ cell }) => cell)
}
