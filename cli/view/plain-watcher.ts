import type { Output } from '../output.ts'
import { OperationLines } from './operation-lines.ts'
import type { Watcher } from './watcher.ts'

/** Prints each change once. */
export function plainWatcher(output: Pick<Output, 'print'>): Watcher {
  const lines = new OperationLines()
  return { show: (operation) => output.print(lines.newIn(operation)), stop: () => {} }
}
