import type { Operation, Step } from '../../client/api.ts'
import type { Output } from '../output.ts'
import { OperationLines } from './operation-lines.ts'

/** Shows an operation while it runs. */
export interface Watcher {
  /** Shows the current state. Called after each read. */
  readonly show: (operation: Operation) => void
  /** Ends the display. */
  readonly stop: () => void
}

/** Prints each change once. */
export function plainWatcher(output: Pick<Output, 'print'>): Watcher {
  const lines = new OperationLines()
  return { show: (operation) => output.print(lines.newIn(operation)), stop: () => {} }
}

/** Prints each step again after each change: `{"type":"step","operationId":…,"cluster":…,"step":{…}}`. */
export function jsonWatcher(output: Pick<Output, 'json'>): Watcher {
  const shown = new Map<string, string>()
  const isNew = (step: Step): boolean => {
    const [key, text] = [`${step.state} ${step.item ?? ''}`, JSON.stringify(step)]
    if (shown.get(key) === text) return false
    shown.set(key, text)
    return true
  }
  return {
    show: ({ operationId, cluster, steps }) => {
      for (const step of steps.filter(isNew)) output.json({ type: 'step', operationId, cluster, step })
    },
    stop: () => {},
  }
}
