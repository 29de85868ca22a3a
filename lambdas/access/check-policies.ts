import { validate } from '@cedar-policy/cedar-wasm/nodejs'
import { schema } from './schema.ts'

/**
 * The mistakes in a company's own Cedar policies, each with the id of its policy: syntax errors, names that the schema
 * lacks, and policies that can never apply.
 */
export function policyMistakes(policies: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(policies).flatMap(([id, text]) => mistakesOf({ [id]: text }).map(about(id)))
}

function mistakesOf(staticPolicies: Record<string, string>): string[] {
  const answer = validate({ schema, policies: { staticPolicies } })
  if (answer.type === 'failure') return answer.errors.map(messageOf)
  return [...answer.validationErrors, ...answer.validationWarnings].map(({ error }) => messageOf(error))
}

function messageOf({ message, help }: { readonly message: string; readonly help: string | null }): string {
  return help === null ? message : `${message} (${help})`
}

function about(id: string): (message: string) => string {
  return (message) => `the policy ${id}: ${message}`
}
