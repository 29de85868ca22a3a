import { validate } from 'virtual:request-validator'
import type { FieldErrors, FieldValues, ResolverResult } from 'react-hook-form'
import { set } from 'react-hook-form'
import type { Draft } from './draft.ts'
import { type Faults, faultsIn } from './faults.ts'

export function faultsOf(draft: Draft): Faults {
  return faultsIn(draft, validate)
}

/** Tells react-hook-form what is wrong. What it keeps is the kind of a fault: the words are of the reader's language. */
export function resolve(draft: Draft): ResolverResult<Draft> {
  const errors: FieldErrors<FieldValues> = {}
  const { placed } = faultsOf(draft)
  for (const { path, kind } of placed) set(errors, path, { type: kind })
  return placed.length === 0 ? { values: draft, errors: {} } : { values: {}, errors }
}
