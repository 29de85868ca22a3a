/**
 * Parts of the Amazon States Language:
 * https://docs.aws.amazon.com/step-functions/latest/dg/concepts-amazon-states-language.html
 */

export type AslStates = Readonly<Record<string, object>>

export interface AslMachine {
  readonly StartAt: string
  readonly States: AslStates
}

/** A JSONata expression in the delimiters of the language. */
export function expression(jsonata: string): string {
  return `{% ${jsonata} %}`
}

/** The JSONata of an expression, or undefined for an ordinary string. */
export function bareExpression(text: string): string | undefined {
  return /^\{% (.*) %\}$/s.exec(text)?.[1]
}

/** The values with `change` applied to each expression. Other values stay unchanged. */
export function mapExpressions(
  values: Readonly<Record<string, unknown>>,
  change: (jsonata: string) => string,
): Record<string, unknown> {
  const entries = Object.entries(values).map(([name, value]) => {
    const bare = typeof value === 'string' ? bareExpression(value) : undefined
    return [name, bare === undefined ? value : expression(change(bare))]
  })
  return Object.fromEntries(entries)
}

/** JSONata for an object with these expressions as its fields. A field whose expression yields nothing is omitted. */
export function objectExpression(fields: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(fields).map(([field, value]) => `'${field}': ${value}`)
  return `{${pairs.join(', ')}}`
}

/** A placeholder that a deployment replaces with a value. */
export function placeholder(name: string): string {
  return `\${${name}}`
}
