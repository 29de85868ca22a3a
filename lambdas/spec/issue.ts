/** Keys and indexes from the request's root to one of its fields. */
export type FieldPath = readonly PropertyKey[]

/** One thing that is wrong with a request, and where. */
export interface Fault {
  /** The field as people write it: `workloads[0].role.name`; empty for the request as a whole. */
  readonly path: string
  /** The same field as a JSON Pointer in a URI fragment (RFC 6901, section 6): `#/workloads/0/role/name`. */
  readonly pointer: string
  /** What was found, what is allowed and what to do. Never holds a secret. */
  readonly message: string
}

export function faultAt(path: FieldPath, message: string): Fault {
  return { path: dotted(path), pointer: pointerTo(path), message }
}

/** True when `path` is `ancestor` itself or lies inside of it. */
export function isWithin(path: string, ancestor: string): boolean {
  return path === ancestor || path.startsWith(`${ancestor}/`)
}

/**
 * A value as a message may repeat it: short and printable, with control characters escaped.
 * Not for fields that may hold a secret; those are never repeated.
 */
export function quoted(value: unknown): string {
  if (typeof value !== 'string') return kindOf(value)
  return value.length > 80 ? `a text of ${value.length} characters` : JSON.stringify(value)
}

/** What a JSON value is, in words: `a text`, `a list`. */
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

/** Unknown keys come from outside: a secret pasted as a key, or a very long one, is not repeated in full. */
function shortened(key: string): string {
  return key.length > 80 ? `${key.slice(0, 20)}…` : key
}

/** Where a key comes again, and where it came first. */
export interface Repetition {
  readonly key: string
  readonly index: number
  readonly first: number
}

/** Every key that is in a list more than once, each further time; keys that are missing or empty do not count. */
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
