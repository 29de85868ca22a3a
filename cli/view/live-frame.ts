/** The part of the screen that is redrawn: the current activity. */
import type { Operation, Step } from '../../client/api.ts'
import type { Line } from './line.ts'
import { taskLines, waitingTitle } from './operation-lines.ts'
import { styled } from './terminal-text.ts'

const spinner = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']

/**
 * The current activity of an operation: the cluster's running steps, each with its attempt, time and reason to wait. A
 * row for each workload follows.
 *
 * @param now milliseconds since 1970
 */
export function liveFrame(operation: Operation, now: number): Line[] {
  const mark = spinner[Math.floor(now / 80) % spinner.length] ?? ''
  const underWay = operation.steps.filter(({ status, item }) => isUnderWay(status) && item === undefined)
  return [
    ...underWay.flatMap((step) => [stepLine(step, mark, now), ...taskLines(step)]),
    ...workloadLines(operation.steps, mark),
    footer(operation, now),
  ]
}

function isUnderWay(status: Step['status']): boolean {
  return status === 'running' || status === 'waiting'
}

function stepLine(step: Step, mark: string, now: number): Line {
  const facts = [elapsed(step.startedAt, now), ...(step.attempts > 1 ? [`attempt ${step.attempts}`] : [])].join(', ')
  const title = waitingTitle(step)
  const reason = title === '' ? '' : `  ${styled('yellow', title)}`
  return { text: `  ${styled('cyan', mark)} ${step.state}  ${styled('dim', facts)}${reason}`, hang: 4 }
}

/** A row for each workload, with a sign for each step in the order in which workloads reached it. */
function workloadLines(steps: readonly Step[], mark: string): Line[] {
  const own = steps.filter(({ item }) => item !== undefined)
  const byItem = Map.groupBy(own, ({ item }) => item ?? '')
  const states = [...new Set(own.map(({ state }) => state))]
  const width = Math.max(...[...byItem.keys()].map((item) => item.length))
  return [...byItem].map(([item, itsSteps]) => {
    const cells = states.map((state) => cellOf(state, itsSteps, mark))
    return { text: `    ${item.padEnd(width)}  ${cells.join('  ')}`, hang: 6 }
  })
}

function cellOf(state: string, steps: readonly Step[], mark: string): string {
  const step = steps.find((each) => each.state === state)
  if (!step) return styled('dim', `· ${state}`)
  if (step.status === 'succeeded') return `${styled('green', '✔')} ${state}`
  if (isUnderWay(step.status)) return `${styled('cyan', mark)} ${state}`
  return `${styled('red', '✖')} ${state}`
}

function footer({ status, waitsFor, createdAt }: Operation, now: number): Line {
  const state = waitsFor === undefined ? status : `${status}, waits for ${waitsFor}`
  return {
    text: styled('dim', `  ${state}, ${elapsed(createdAt, now)}; Ctrl-C stops watching, and not the operation`),
    hang: 2,
  }
}

/** "12 s", "3:05", "1:02:03". */
export function elapsed(since: string, now: number): string {
  const seconds = Math.max(0, Math.floor((now - Date.parse(since)) / 1000))
  if (seconds < 60) return `${seconds} s`
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  const [first = 0, ...rest] = parts[0] === 0 ? parts.slice(1) : parts
  return [String(first), ...rest.map((part) => String(part).padStart(2, '0'))].join(':')
}
