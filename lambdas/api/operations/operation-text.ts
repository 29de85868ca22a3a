/** An operation as text, for a person who reads the response of the API directly. */
import type { OperationError } from '../../errors/recorded.ts'
import { comparingKinds } from '../../operations/record/kinds.ts'
import { itemOf } from '../../ownership/ownership.ts'
import { outline } from './outline.ts'
import type { OperationView } from './views.ts'

type Step = OperationView['steps'][number]

/** Times are in UTC. */
export function operationText(operation: OperationView): string {
  const { dryRun = false, steps } = operation
  const parts = [
    headOf(operation),
    steps.flatMap((step) => stepLines(step, dryRun)),
    operation.clusterEvents.length > 0 ? ['events of the cluster:', ...operation.clusterEvents.map(eventLine)] : [],
    operation.error ? ['error:', ...errorFields(operation.error)] : [],
    operation.result ? ['result:', ...outline(operation.result).map((line) => `  ${line}`)] : [],
  ]
  const texts = parts.filter((lines) => lines.length > 0).map((lines) => lines.map(onOneLine).join('\n'))
  return `${texts.join('\n\n')}\n`
}

function headOf({
  operationId,
  kind,
  cluster = 'all clusters',
  dryRun,
  status,
  ...operation
}: OperationView): string[] {
  const { requestedBy, createdAt, startedAt, endedAt, waitsFor, broughtAboutBy, workload } = operation
  const what = workload ? `removal of ${itemOf(workload)} from` : `${kind} of`
  return [
    `${dryRun && !comparingKinds.includes(kind) ? 'dry run of a ' : ''}${what} ${cluster}: ${status}`,
    field('operation', operationId),
    field('requested', `${createdAt} by ${requestedBy}`),
    ...(waitsFor === undefined ? [] : [field('waits for', `operation ${waitsFor}`)]),
    ...(broughtAboutBy === undefined ? [] : [field('by', `operation ${broughtAboutBy}`)]),
    ...(startedAt === undefined ? [] : [field('started', startedAt)]),
    ...(endedAt === undefined ? [] : [field('ended', `${endedAt}, after ${secondsBetween(createdAt, endedAt)}`)]),
  ]
}

function stepLines({ state, item, status, attempts, startedAt, endedAt, ...step }: Step, isDry: boolean): string[] {
  const took = endedAt === undefined ? '' : `, took ${secondsBetween(startedAt, endedAt)}`
  const tries = attempts === 1 ? '' : `, ${attempts} attempts`
  return [
    `${status.padEnd(9)} ${nameOf(state, item)}  ${startedAt}${took}${tries}`,
    ...waitingLines(step),
    ...step.changes.filter(({ action }) => action !== 'unchanged').map((change) => changeLine(change, isDry)),
    ...(step.error ? errorFields(step.error) : []),
  ]
}

function waitingLines({ waitingFor, task, waitsUntil }: Pick<Step, 'waitingFor' | 'task' | 'waitsUntil'>): string[] {
  const until = waitsUntil === undefined ? [] : [field('until', waitsUntil)]
  if (!task) return waitingFor === undefined ? [] : [field('waits for', waitingFor), ...until]
  return [
    field('waits for', task.title),
    ...task.commands.flatMap(({ purpose, command }) => [
      field('to do', purpose),
      ...command.split('\n').map((line) => `      ${line}`),
    ]),
    ...until,
    ...(task.link === undefined ? [] : [field('more', task.link)]),
  ]
}

/** In a dry run, the prefix says that nothing was done. So the details do not repeat it. */
function changeLine({ object, action, detail = '' }: Step['changes'][number], isDry: boolean): string {
  const more = isDry ? detail.replace(/^would be \w+(: )?/, '') : detail
  return field(isDry ? `would be ${action}` : action, more === '' ? object : `${object} (${more})`)
}

function eventLine({ time, type, reason, message }: OperationView['clusterEvents'][number]): string {
  return `  ${time} ${type} ${reason}: ${message}`
}

function errorFields({ name, step, item, object, reason, action }: OperationError): string[] {
  return [
    field('name', name),
    ...(step === undefined ? [] : [field('step', nameOf(step, item))]),
    field('object', object),
    field('reason', reason),
    field('to do', action),
  ]
}

function nameOf(state: string, item: string | undefined): string {
  return item === undefined ? state : `${state} ${item}`
}

function field(name: string, value: string): string {
  return `  ${name.padEnd(9)}  ${value}`
}

/**
 * Reasons and events come from clusters, so control characters are replaced: a terminal must not execute them.
 * cli/view/terminal-text.ts has the same set of characters, because the command line and the API share no code.
 */
function onOneLine(line: string): string {
  return line.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (found) => ' '.repeat(found.length))
}

function secondsBetween(start: string, end: string): string {
  return `${((Date.parse(end) - Date.parse(start)) / 1000).toFixed(1)} s`
}
