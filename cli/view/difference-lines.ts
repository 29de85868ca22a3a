import type { Schemas } from '../../client/api.ts'
import { type Block, differenceBlocks } from '../../client/difference-blocks.ts'
import type { FileDifference } from '../apply/file-differences.ts'
import { field, type Line } from './line.ts'
import { styled } from './terminal-text.ts'

type Difference = Omit<Schemas['Difference'], 'field'> & { readonly field?: string }

/** Characters of a value, as JSON, that is easier to compare on one line. */
const shortValue = 60

/** The name of each field, and below it the observed and the desired value: long ones as a diff of their JSON. */
export function differenceLines(differences: readonly Difference[]): Line[] {
  return differences.flatMap(({ observed, desired, ...where }) => {
    const isLong = [observed, desired].some((value) => typeof value === 'object' && textOf(value).length > shortValue)
    return [ownedFieldLine(where), ...(isLong ? diffLines(observed, desired) : valueLines(observed, desired))]
  })
}

function valueLines(observed: unknown, desired: unknown): Line[] {
  return [
    ...(observed === undefined ? [] : [valueLine('red', '-', observed)]),
    ...(desired === undefined ? [] : [valueLine('green', '+', desired)]),
  ]
}

function diffLines(observed: unknown, desired: unknown): Line[] {
  return differenceBlocks(observed, desired).flatMap(({ kind, lines }) => lines.map((text) => lineOf[kind](text)))
}

const lineOf: Readonly<Record<Block['kind'], (text: string) => Line>> = {
  observed: (text) => valueLine('red', '-', text),
  desired: (text) => valueLine('green', '+', text),
  both: (text) => fieldLine(`  ${text}`),
}

/** The field, and the manager that owns it. */
export function ownedFieldLine({ field = 'the object', manager }: Pick<Difference, 'field' | 'manager'>): Line {
  return fieldLine(`${field}${manager === undefined ? '' : styled('dim', `  (owned by ${manager})`)}`)
}

export function fieldLine(field: string): Line {
  return { text: `               ${field}`, hang: 17 }
}

export function valueLine(colour: 'red' | 'green', sign: string, value: unknown): Line {
  return { text: `               ${styled(colour, `${sign} ${textOf(value)}`)}`, hang: 17 }
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

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
