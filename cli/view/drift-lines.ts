import type { DriftResult } from '../../client/api.ts'
import { isInSync, worstFirst } from '../../client/severity.ts'
import { fieldLine, ownedFieldLine, textOf } from './difference-lines.ts'
import { field, type Line } from './line.ts'
import { styled } from './terminal-text.ts'

/** The differences from the spec by descending severity, and what could not be compared. */
export function driftLines({ missing, changed, additions, unreachable, problems, toDo, summary }: DriftResult): Line[] {
  if (isInSync(summary) && additions.length === 0) return [{ text: 'Everything is as the spec says.', hang: 2 }]
  return [
    ...(summary.severity === undefined ? [] : [field('severity', inColour(summary.severity))]),
    ...missing.map(({ object, severity }) => field(styled('red', 'missing'), rated(object, severity))),
    ...worstFirst(changed).flatMap(changedLines),
    ...worstFirst(additions).flatMap(addedLines),
    ...[...unreachable, ...problems].flatMap(({ object, reason, action }) => [
      field(styled('red', 'problem'), `${object}: ${reason}`),
      field('to do', action),
    ]),
    ...(toDo === undefined ? [] : [field('to do', toDo)]),
  ]
}

type Changed = DriftResult['changed'][number]

function addedLines(one: DriftResult['additions'][number]): Line[] {
  return [field(styled('yellow', 'added'), rated(nameOf(one), one.severity)), ...valueLines(one)]
}

/** A value that exists only in the cluster or only in the spec is shown as added or missing, and not as changed. */
function changedLines(one: Changed): Line[] {
  const [isMissing, isAdded] = [one.observed === undefined, one.desired === undefined]
  if (isMissing === isAdded) {
    return [
      field(styled('yellow', 'changed'), rated(one.object, one.severity)),
      ownedFieldLine(one),
      ...valueLines(one),
    ]
  }
  if (isAdded) return addedLines(one)
  return [field(styled('red', 'missing'), rated(nameOf(one), one.severity)), ...valueLines(one)]
}

/** Names the values as the API does. The signs + and - would suggest that a missing value was added, and vice versa. */
function valueLines({ desired, observed }: Pick<Changed, 'desired' | 'observed'>): Line[] {
  return Object.entries({ desired, observed }).flatMap(([name, value]) =>
    value === undefined ? [] : [fieldLine(`${name}: ${textOf(value)}`)],
  )
}

function nameOf({ object, field: name }: Pick<Changed, 'object' | 'field'>): string {
  return name === undefined ? object : `${object}: ${name}`
}

type Severity = DriftResult['changed'][number]['severity']

function rated(what: string, severity: Severity): string {
  return `${what} (${inColour(severity)})`
}

function inColour(severity: Severity): string {
  return severity === 'security' ? styled('red', severity) : severity
}
