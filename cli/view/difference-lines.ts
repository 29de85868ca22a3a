import type { Schemas } from '../../client/api.ts'
import type { Line } from './line.ts'
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
