import { styleText } from 'node:util'
import type { components } from '../api/types.ts'
import type { Line } from './line.ts'

type Difference = Omit<components['schemas']['Difference'], 'field'> & { readonly field?: string }

/** Two lines for each field: what is there, and what is asked for. */
export function differenceLines(differences: readonly Difference[]): Line[] {
  return differences.flatMap(({ field = 'the object', observed, desired, manager }) => [
    {
      text: `               ${field}${manager === undefined ? '' : styleText('dim', `  (owned by ${manager})`)}`,
      hang: 17,
    },
    ...(observed === undefined ? [] : [valueLine('red', '-', observed)]),
    ...(desired === undefined ? [] : [valueLine('green', '+', desired)]),
  ])
}

function valueLine(colour: 'red' | 'green', sign: string, value: unknown): Line {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return { text: `               ${styleText(colour, `${sign} ${text}`)}`, hang: 17 }
}
