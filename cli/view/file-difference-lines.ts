import type { FileDifference } from '../apply/file-differences.ts'
import { fieldLine } from './difference-lines.ts'
import { field, type Line } from './line.ts'
import { styled } from './terminal-text.ts'

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
