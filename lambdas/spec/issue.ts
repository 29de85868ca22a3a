/** Keys and indexes from the root of the request to one of its fields. */
export type FieldPath = readonly PropertyKey[]

export interface ValidationIssue {
  /** The field in the notation of people: `workloads[0].role.name`. Empty for the complete request. */
  readonly path: string
  /** The same field as a JSON Pointer in a URI fragment (RFC 6901, section 6): `#/workloads/0/role/name`. */
  readonly pointer: string
  /** The observed value, the allowed values and what to do. Never contains a secret. */
  readonly message: string
}

export function issueAt(path: FieldPath, message: string): ValidationIssue {
  return { path: dotted(path), pointer: pointerTo(path), message }
}

/** True when `path` equals `ancestor` or lies inside it. */
export function isWithin(path: string, ancestor: string): boolean {
  return path === ancestor || path.startsWith(`${ancestor}/`)
}

/** A value as messages repeat it: short, printable and escaped. Do not use it for a field that may contain a secret. */
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

/** Shortens long keys, because an unknown key may be a pasted secret. */
function shortened(key: string): string {
  return key.length > 80 ? `${key.slice(0, 20)}…` : key
}

/** A repeated key, its index, and the index of its first occurrence. */
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
