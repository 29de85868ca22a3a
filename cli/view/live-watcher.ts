import { createLogUpdate } from 'log-update'
import type { Operation } from '../../client/api.ts'
import { columnsOf, type Line, wrapped } from './line.ts'
import { liveFrame } from './live-frame.ts'
import { OperationLines } from './operation-lines.ts'
import type { Watcher } from './watchers.ts'

const frameMs = 80

/** Prints each change once, and draws the current activity below. */
export function liveWatcher(stream: NodeJS.WriteStream): Watcher {
  const log = createLogUpdate(stream)
  const lines = new OperationLines()
  let newest: Operation | undefined
  const text = (all: readonly Line[]) => all.map((line) => wrapped(line, columnsOf(stream, process.env))).join('\n')
  const draw = () => {
    if (newest) log(text(liveFrame(newest, Date.now())))
  }
  const timer = setInterval(draw, frameMs)
  return {
    show: (operation) => {
      newest = operation
      // Waiting steps are not printed, because the frame shows them with their time.
      const ended = { ...operation, steps: operation.steps.filter(({ status }) => status !== 'waiting') }
      const printed = lines.newIn(ended)
      if (printed.length > 0) log.persist(text(printed))
      draw()
    },
    stop: () => {
      clearInterval(timer)
      log.clear()
      log.done()
    },
  }
}
