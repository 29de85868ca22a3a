/**
 * DynamoDB expressions from plain values. Each name and value becomes a placeholder, so that names may be reserved
 * words and values cannot change the expression:
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.html
 */

type Value = NonNullable<unknown> | null

/** A part of an expression. It becomes text with the placeholders of its call. */
export type Expression = (placeholders: Placeholders) => string

type Placeholders = Pick<ReturnType<typeof placeholders>, 'path' | 'value'>

/** The new value of the attribute at a path. */
type Assigned = (path: string) => Expression

/** The changes of an update. Dots separate the names of nested attributes, as in `status.verifiedAt`. */
export interface Changes {
  /** Undefined values leave their attributes unchanged. */
  readonly set?: Readonly<Record<string, unknown>>
  readonly remove?: readonly string[]
  /** Adds to a number or a set. */
  readonly add?: Readonly<Record<string, number | Set<string>>>
  /** Deletes from a set. */
  readonly delete?: Readonly<Record<string, Set<string>>>
}

/** All other words of {@link where} are names of attributes. */
const operators = new Set([
  'AND',
  'OR',
  'IN',
  'BETWEEN',
  'attribute_exists',
  'attribute_not_exists',
  'begins_with',
  'if_not_exists',
  'list_append',
  'size',
])

/**
 * A condition, with plain names of attributes, and with values as substitutions:
 * where`attribute_not_exists(pk) OR owner = ${cluster}`
 */
export function where(texts: TemplateStringsArray, ...parts: readonly (Expression | Value)[]): Expression {
  return (to) => {
    const placed = (word: string) => (operators.has(word) ? word : to.path(word))
    const raw = texts.map((text) => text.replace(/[a-z_][\w.]*/gi, placed))
    return String.raw({ raw }, ...parts.map((part) => (isExpression(part) ? part(to) : to.value(part))))
  }
}

/** The attribute at a path, for a path that is computed at run time. */
export function attribute(path: string): Expression {
  return (to) => to.path(path)
}

/** Joins the conditions with AND. Undefined conditions are ignored. */
export function all(...conditions: readonly (Expression | undefined)[]): Expression {
  const given = conditions.filter((condition) => condition !== undefined)
  return (to) => {
    const texts = given.map((condition) => condition(to))
    return texts.length > 1 ? texts.map((text) => `(${text})`).join(' AND ') : texts.join('')
  }
}

/** Sets the value of an attribute that has none. */
export function unlessSet(value: Value): Assigned {
  return (path) => where`if_not_exists(${attribute(path)}, ${value})`
}

/** Appends values to a list attribute, which may not exist yet. */
export function appended(values: readonly unknown[]): Assigned {
  return (path) => where`list_append(if_not_exists(${attribute(path)}, ${[]}), ${values})`
}

export function changing({ set = {}, remove = [], add = {}, delete: taken = {} }: Changes): Expression {
  return (to) => {
    const changed = ([path, value]: [string, Value]) => `${to.path(path)} ${to.value(value)}`
    const assigned = ([path, value]: [string, Value]) =>
      `${to.path(path)} = ${isAssigned(value) ? value(path)(to) : to.value(value)}`
    return [
      ...clause('SET', entriesOf(set).map(assigned)),
      ...clause('REMOVE', remove.map(to.path)),
      ...clause('ADD', entriesOf(add).map(changed)),
      ...clause('DELETE', entriesOf(taken).map(changed)),
    ].join(' ')
  }
}

function clause(keyword: string, parts: readonly string[]): string[] {
  return parts.length === 0 ? [] : [`${keyword} ${parts.join(', ')}`]
}

function entriesOf(fields: Readonly<Record<string, unknown>>): [string, Value][] {
  return Object.entries(fields).flatMap(([path, value]) => (value === undefined ? [] : [[path, value]]))
}

export function placeholders() {
  const names = new Map<string, string>()
  const values: Value[] = []
  const nameOf = (name: string) => {
    const placeholder = names.get(name) ?? `#n${names.size}`
    names.set(name, placeholder)
    return placeholder
  }
  return {
    path: (path: string) => path.split('.').map(nameOf).join('.'),
    value: (value: Value) => `:v${values.push(value) - 1}`,
    /** The attributes for the call. DynamoDB rejects empty ones, so they are omitted. */
    attributes: () => ({
      ...(names.size > 0 && {
        ExpressionAttributeNames: Object.fromEntries([...names].map(([name, placeholder]) => [placeholder, name])),
      }),
      ...(values.length > 0 && {
        ExpressionAttributeValues: Object.fromEntries(values.map((value, index) => [`:v${index}`, value])),
      }),
    }),
  }
}

function isExpression(part: Expression | Value): part is Expression {
  return typeof part === 'function'
}

function isAssigned(value: Assigned | Value): value is Assigned {
  return typeof value === 'function'
}
