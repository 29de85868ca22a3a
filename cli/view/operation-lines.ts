import type { ClusterEvent, Operation, Step } from '../../client/api.ts'
import { stepName } from '../../client/operation.ts'
import { field, type Line } from './line.ts'
import { styled } from './terminal-text.ts'

/**
 * Converts responses of GET /v1/operations/{id} to lines, and returns each line once. A line reports a waiting step
 * with its reason, a failed attempt, an ended step, an object's change or an event of the cluster.
 */
export class OperationLines {
  readonly #said = new Set<string>()

  /** The lines that this response adds to the earlier ones. */
  newIn(operation: Operation): Line[] {
    const { kind, dryRun, steps, clusterEvents } = operation
    // The result of a plan or a drift lists the changes that its steps also list.
    const shown = kind === 'plan' || kind === 'drift' ? steps.map(withoutChanges) : steps
    const lineOf = dryRun ? wouldLine : changeLine
    const blocks = [
      waitLines(operation),
      ...shown.map((step) => linesOf(step, lineOf)),
      ...clusterEvents.toReversed().map(eventLines),
    ]
    return blocks.filter((block) => block.length > 0 && this.#isNew(block.map(({ text }) => text).join('\n'))).flat()
  }

  #isNew(text: string): boolean {
    const isNew = !this.#said.has(text)
    this.#said.add(text)
    return isNew
  }
}

/** For an operation that waits until its cluster is free. */
function waitLines({ waits, waitsFor, broughtAboutBy, endedAt }: Operation): Line[] {
  if (!waits || endedAt !== undefined) return []
  if (broughtAboutBy !== undefined)
    return [stepLine(styled('dim', '·'), `operation ${broughtAboutBy} applies this change`)]
  if (waitsFor === undefined) return []
  return [stepLine(styled('yellow', '…'), `waits for operation ${waitsFor}, which is changing the cluster`)]
}

function withoutChanges(step: Step): Step {
  return { ...step, changes: [] }
}

type Change = Pick<Step['changes'][number], 'object' | 'action' | 'detail'>

function linesOf(step: Step, lineOf: (change: Change) => Line): Line[] {
  switch (step.status) {
    case 'waiting':
      return [stepLine(styled('yellow', '…'), `${stepName(step)} waits: ${waitingTitle(step)}`), ...taskLines(step)]
    case 'failed':
      return failedLines(step, lineOf)
    case 'succeeded':
      return endedLines(step, lineOf)
    case 'running':
    case 'stopped':
      return []
  }
}

function stepLine(mark: string, text: string): Line {
  return { text: `  ${mark} ${text}`, hang: 4 }
}

/** Includes the changes before the failure, because they remain. */
function failedLines(step: Step, lineOf: (change: Change) => Line): Line[] {
  const head = stepLine(styled('red', '✖'), `${stepName(step)}, attempt ${step.attempts}: ${whyOf(step)}`)
  return [head, ...changedIn(step).map(lineOf)]
}

function changedIn({ changes }: Step): Change[] {
  return changes.filter(({ action }) => action !== 'unchanged')
}

function whyOf({ error }: Step): string {
  return error === undefined ? 'failed' : `${error.object}: ${error.reason}`
}

/** Only counts unchanged objects, because a repeated setup consists mostly of them. */
function endedLines(step: Step, lineOf: (change: Change) => Line): Line[] {
  const changed = changedIn(step)
  const unchanged = step.changes.length - changed.length
  const facts = [secondsBetween(step.startedAt, step.endedAt), ...(unchanged > 0 ? [`${unchanged} unchanged`] : [])]
  const head = stepLine(styled('green', '✔'), `${stepName(step)}  ${styled('dim', facts.join(', '))}`)
  return [head, ...changed.map(lineOf)]
}

const colours = { created: 'green', updated: 'cyan', adopted: 'cyan', deleted: 'red' } as const

/** The change of one object. */
function changeLine({ object, action, detail }: Change): Line {
  const more = detail === undefined ? '' : styled('dim', `  (${detail})`)
  return { text: `      ${styled(colourOf(action), action.padEnd(8))} ${object}${more}`, hang: 15 }
}

/** The change that a dry run would make to one object. */
export function wouldLine({ object, action, detail = '' }: Change): Line {
  const would = `would ${verbs[action]}`
  // The API's detail also says what would be done, because the detail may be read without its operation.
  const more = detail.replace(/^would be \w+(: )?/, '')
  const shown = more === '' ? '' : styled('dim', `  (${more})`)
  return { text: `      ${styled(colourOf(action), would.padEnd(12))} ${object}${shown}`, hang: 19 }
}

const verbs: Readonly<Record<Change['action'], string>> = {
  created: 'create',
  updated: 'update',
  adopted: 'adopt',
  deleted: 'delete',
  unchanged: 'leave',
}

function colourOf(action: Change['action']) {
  return Object.entries(colours).find(([name]) => name === action)?.[1] ?? 'reset'
}

function eventLines({ type, reason, message }: ClusterEvent): Line[] {
  const colour = type === 'Warning' ? 'yellow' : 'dim'
  return [{ text: `      ${styled(colour, 'event')}    ${reason}: ${message}`, hang: 15 }]
}

/** "1.5 s". Empty while the step runs. */
export function secondsBetween(start: string, end: string | undefined): string {
  return end === undefined ? '' : `${((Date.parse(end) - Date.parse(start)) / 1000).toFixed(1)} s`
}

/** What a step waits for in a few words: a person's task, or else the reason. */
export function waitingTitle({ task, waitingFor = '' }: Step): string {
  return task?.title ?? waitingFor
}

/** A person's commands, each on separate lines below its purpose. The deadline and a reference follow. */
export function taskLines({ task, waitsUntil }: Step): Line[] {
  if (!task) return []
  return [
    ...task.commands.flatMap(({ purpose, command }) => [
      { text: `      ${purpose}:`, hang: 6 },
      ...command
        .split('\n')
        .map((line) => ({ text: `          ${styled('bold', line)}`, hang: 10, isWhole: true as const })),
    ]),
    ...(waitsUntil === undefined ? [] : [field('until', waitsUntil)]),
    ...(task.link === undefined ? [] : [field('more', task.link)]),
  ]
}
