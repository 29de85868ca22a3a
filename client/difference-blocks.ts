import { diffJson } from 'diff'
import { isRecord } from './json.ts'

/** Consecutive lines that are in the observed value, in the desired value, or in both. */
export interface Block {
  readonly kind: 'observed' | 'desired' | 'both'
  readonly lines: readonly string[]
}

/** The lines of two values as a complete unified diff. An undefined value has no lines. */
export function differenceBlocks(observed: unknown, desired: unknown): Block[] {
  if (observed === undefined && desired === undefined) return []
  if (observed === undefined) return [{ kind: 'desired', lines: linesOf(valueInWords(desired)) }]
  if (desired === undefined) return [{ kind: 'observed', lines: linesOf(valueInWords(observed)) }]
  // diffJson ignores commas at the ends of lines. An added element does not change the line before it.
  const parts = diffJson(valueInWords(inOrderOf(observed, desired)), valueInWords(desired))
  return parts.map(({ value, added, removed }) => ({ kind: kindOf(added, removed), lines: linesOf(value) }))
}

function kindOf(isAdded: boolean, isRemoved: boolean): Block['kind'] {
  if (isRemoved) return 'observed'
  return isAdded ? 'desired' : 'both'
}

function linesOf(text: string): string[] {
  return text.replace(/\n$/, '').split('\n')
}

/** Orders the value's keys like another value's, because services return them in different orders. */
function inOrderOf(value: unknown, other: unknown): unknown {
  if (Array.isArray(value))
    return value.map((each, index) => inOrderOf(each, Array.isArray(other) ? other[index] : undefined))
  if (!isRecord(value)) return value
  const model = isRecord(other) ? other : {}
  const keys = new Set([...Object.keys(model).filter((key) => Object.hasOwn(value, key)), ...Object.keys(value)])
  return Object.fromEntries([...keys].map((key) => [key, inOrderOf(value[key], model[key])]))
}

/** A value for display: a string as it is, any other value as JSON. */
export function valueInWords(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value, undefined, 2)
}
