import type { Schemas } from '../../client/api.ts'
import type { FileDifference } from '../apply/file-differences.ts'
import { field, type Line } from './line.ts'
import { styled } from './terminal-text.ts'

type Difference = Omit<Schemas['Difference'], 'field'> & { readonly field?: string }

/** Two lines for each field: the observed value and the desired one. */
export function differenceLines(differences: readonly Difference[]): Line[] {
  return differences.flatMap(({ field = 'the object', observed, desired, manager }) => [
    fieldLine(`${field}${manager === undefined ? '' : styled('dim', `  (owned by ${manager})`)}`),
    ...(observed === undefined ? [] : [valueLine('red', '-', observed)]),
    ...(desired === undefined ? [] : [valueLine('green', '+', desired)]),
  ])
}

export function fieldLine(field: string): Line {
  return { text: `               ${field}`, hang: 17 }
}

export function valueLine(colour: 'red' | 'green', sign: string, value: unknown): Line {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return { text: `               ${styled(colour, `${sign} ${text}`)}`, hang: 17 }
}

/** The differences of a file from the recorded spec. Empty when they are equal. */
export function fileDifferenceLines(file: string, differences: readonly FileDifference[]): Line[] {
  if (differences.length === 0) return []
  const what = differences.length === 1 ? 'one difference' : `${differences.length} differences`
  return [field(styled('yellow', 'file'), `${file}: ${what} from the recorded spec`), ...differences.flatMap(linesOf)]
}

function linesOf(difference: FileDifference): Line[] {
  if ('onlyIn' in difference) return [fieldLine(`${difference.field}: only in the ${difference.onlyIn}`)]
  const { field: name, file, spec } = difference
  const values = [`file: ${textOf(file)}`, ...(spec === undefined ? [] : [`spec: ${textOf(spec)}`])]
  return [name, ...values].map(fieldLine)
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
