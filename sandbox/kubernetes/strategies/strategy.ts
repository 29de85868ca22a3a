import type { JsonObject, KubeObject } from '../objects/objects.ts'
import type { Store } from '../objects/store.ts'
import type { User } from '../requests/authentication.ts'
import type { Cause } from '../requests/status.ts'

/** The context of a kind's rules. */
export interface WriteContext {
  readonly user: User
  readonly minor: number
  /** The version through which the object is written: `v1`, `v1beta1`. */
  readonly version: string
  readonly store: Store
  readonly subresource: string | undefined
}

/** The rules of one kind for writes. */
export interface Strategy {
  readonly initialStatus?: JsonObject
  /** Sets the fields that the server sets, before the defaults. */
  readonly onCreate?: (object: JsonObject, context: WriteContext) => void
  /** Restores the fields that an update may not change, and sets the fields that the server sets. */
  readonly onUpdate?: (object: JsonObject, old: KubeObject, context: WriteContext) => void
  readonly validate?: (object: JsonObject, context: WriteContext) => Cause[]
  readonly validateUpdate?: (object: JsonObject, old: KubeObject) => Cause[]
}

export function invalidValue(field: string, value: unknown, why: string): Cause {
  return {
    reason: 'FieldValueInvalid',
    message: `Invalid value: ${typeof value === 'object' ? JSON.stringify(value) : `"${value}"`}: ${why}`,
    field,
  }
}

export function required(field: string, why = ''): Cause {
  return { reason: 'FieldValueRequired', message: `Required value${why === '' ? '' : `: ${why}`}`, field }
}

export function forbiddenField(field: string, why: string): Cause {
  return { reason: 'FieldValueForbidden', message: `Forbidden: ${why}`, field }
}

export function unsupported(field: string, value: unknown, supported: readonly string[]): Cause {
  const list = supported.map((one) => `"${one}"`).join(', ')
  return {
    reason: 'FieldValueNotSupported',
    message: `Unsupported value: "${value}": supported values: ${list}`,
    field,
  }
}
