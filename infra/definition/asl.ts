/** Words of the Amazon States Language: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-amazon-states-language.html */

/** States by their names. */
export type AslStates = Readonly<Record<string, object>>

export interface AslMachine {
  readonly StartAt: string
  readonly States: AslStates
}

/** A JSONata expression as the language writes it. */
export function expression(jsonata: string): string {
  return `{% ${jsonata} %}`
}

/** The JSONata of an expression, or undefined for an ordinary string. */
export function bareExpression(text: string): string | undefined {
  return /^\{% (.*) %\}$/s.exec(text)?.[1]
}

/** JSONata for an object with these expressions as its fields; it leaves out those that give nothing. */
export function objectExpression(fields: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(fields).map(([field, value]) => `'${field}': ${value}`)
  return `{${pairs.join(', ')}}`
}

/** What a deployment puts a value in the place of. */
export function placeholder(name: string): string {
  return `\${${name}}`
}
