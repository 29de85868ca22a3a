/**
 * Parts of the Amazon States Language:
 * https://docs.aws.amazon.com/step-functions/latest/dg/concepts-amazon-states-language.html
 */

/** States by their names. */
export type AslStates = Readonly<Record<string, object>>

export interface AslMachine {
  readonly StartAt: string
  readonly States: AslStates
}

/** A JSONata expression between the marks of the language. */
export function expression(jsonata: string): string {
  return `{% ${jsonata} %}`
}

/** The JSONata of an expression, or undefined for an ordinary string. */
export function bareExpression(text: string): string | undefined {
  return /^\{% (.*) %\}$/s.exec(text)?.[1]
}

/** JSONata for an object with these expressions as its fields. A field whose expression gives nothing is left out. */
export function objectExpression(fields: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(fields).map(([field, value]) => `'${field}': ${value}`)
  return `{${pairs.join(', ')}}`
}

/** A placeholder, which a deployment replaces by a value. */
export function placeholder(name: string): string {
  return `\${${name}}`
}
