/** Keys and indexes from the root of the request to one of its fields. */
export type FieldPath = readonly PropertyKey[]

/** One validation issue of a request: where it is and what is wrong. */
export interface ValidationIssue {
  /** The field as people write it: `workloads[0].role.name`. Empty for the request as a whole. */
  readonly path: string
  /** The same field as a JSON Pointer in a URI fragment (RFC 6901, section 6): `#/workloads/0/role/name`. */
  readonly pointer: string
  /** What was found, what is allowed and what to do. Never contains a secret. */
  readonly message: string
}

export function issueAt(path: FieldPath, message: string): ValidationIssue {
  return { path: dotted(path), pointer: pointerTo(path), message }
}

/** True when `path` is `ancestor` itself or lies inside it. */
export function isWithin(path: string, ancestor: string): boolean {
  return path === ancestor || path.startsWith(`${ancestor}/`)
}

/**
 * A value in the form that a message may repeat: short and printable, with control characters escaped. Do not use it
 * for a field that may hold a secret: a message never repeats such a field.
 */
export function quoted(value: unknown): string {
  if (typeof value !== 'string') return kindOf(value)
  return value.length > 80 ? `a text of ${value.length} characters` : JSON.stringify(value)
}

/** The type of a JSON value in words: `a text`, `a list`. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  return kinds[typeof value] ?? `a ${typeof value}`
}

const kinds: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  boolean: 'true or false',
  object: 'an object',
  undefined: 'nothing',
}

function dotted(path: FieldPath): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`
    const name = shortened(String(key))
    return text === '' ? name : `${text}.${name}`
  }, '')
}

function pointerTo(path: FieldPath): string {
  return ['#', ...path.map((key) => encodeURIComponent(escapedForPointer(shortened(String(key)))))].join('/')
}

function escapedForPointer(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1')
}

/** The caller chooses unknown keys. A secret that was pasted as a key, or a very long key, is not repeated in full. */
function shortened(key: string): string {
  return key.length > 80 ? `${key.slice(0, 20)}…` : key
}

/** A key that occurs again, the index at which it does, and the index of its first occurrence. */
export interface Repetition {
  readonly key: string
  readonly index: number
  readonly first: number
}

/** Each repeated occurrence of a key in a list. Missing and empty keys do not count. */
export function repeated(keys: readonly (string | undefined)[]): Repetition[] {
  const firsts = new Map<string, number>()
  return keys.flatMap((key, index) => {
    if (!key) return []
    const first = firsts.get(key)
    if (first !== undefined) return [{ key, index, first }]
    firsts.set(key, index)
    return []
  })
}
