import { validate } from 'virtual:request-validator'
import type { FieldErrors, FieldValues, ResolverResult } from 'react-hook-form'
import { set } from 'react-hook-form'
import type { Draft } from './draft.ts'
import { type Faults, faultsIn } from './faults.ts'

export function faultsOf(draft: Draft): Faults {
  return faultsIn(draft, validate)
}

/** The resolver of react-hook-form. It stores a fault's kind instead of its text, which depends on the language. */
export function resolve(draft: Draft): ResolverResult<Draft> {
  const errors: FieldErrors<FieldValues> = {}
  const { placed } = faultsOf(draft)
  for (const { path, kind } of placed) set(errors, path, { type: kind })
  return placed.length === 0 ? { values: draft, errors: {} } : { values: {}, errors }
}
