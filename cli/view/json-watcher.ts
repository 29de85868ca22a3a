import type { Step } from '../../client/api.ts'
import type { Output } from '../output.ts'
import type { Watcher } from './watcher.ts'

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
