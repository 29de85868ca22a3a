import * as z from 'zod/mini'
import { described, type Keywords } from './format.ts'
import { quoted } from './issue.ts'

/** IAM accepts a single value in place of a list with one element. */
function oneOrMany<Element extends z.core.$ZodType>(element: Element) {
  const list = z.array(element).check(z.minLength(1, { error: 'is an empty list: give at least one element' }))
  const either = z.unknown()
  z.globalRegistry.add(either, { anyOf: [jsonSchemaOf(element), jsonSchemaOf(list)] })
  const toList = z.transform((value: unknown): unknown[] => (Array.isArray(value) ? value : [value]))
  return z.pipe(z.pipe(either, toList), list)
}

function jsonSchemaOf(schema: z.core.$ZodType): Keywords {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  return rest
}

/** Any text that IAM accepts in a policy. */
const latin1 = '^[\\t\\n\\r\\u0020-\\u00ff]*$'
const policyText = () => described('Any text of Latin-1', z.string(), { pattern: latin1 })

const action = z.string().check(
  z.regex(/^(\*|[A-Za-z0-9-]+:[A-Za-z0-9*?]+)$/, {
    error: (issue) => `${quoted(issue.input)} is not an action: use SERVICE:ACTION such as s3:GetObject, or *`,
  }),
)
const resource = described(
  'ARN, or *',
  z.string().check(
    z.regex(/^(\*|arn:[^:]+:.+)$/, {
      error: (issue) => `${quoted(issue.input)} is not a resource: use an ARN, with * where needed, or *`,
    }),
  ),
  { pattern: '^(\\*|arn:aws[a-z-]*:[\\u0020-\\u00ff]+)$' },
)
/** The range that the record can store: see plain-json.ts. */
const conditionNumber = z.number().check(z.minimum(-Number.MAX_SAFE_INTEGER), z.maximum(Number.MAX_SAFE_INTEGER))
const conditionValue = z.union([policyText(), conditionNumber, z.boolean()], {
  error: 'is neither a text, a number nor true or false: use what the operator compares with',
})
const principal = z.optional(
  z.never({ error: 'does not belong into the policy of a role: remove it, who may assume the role is set by this' }),
)

/** An identity-based policy: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html */
const statement = z.strictObject({
  Sid: z.optional(
    z.string().check(
      z.regex(/^[A-Za-z0-9]*$/, {
        error: (issue) => `${quoted(issue.input)} is not a statement ID: use letters and digits only`,
      }),
    ),
  ),
  Effect: z.enum(['Allow', 'Deny']),
  Principal: principal,
  NotPrincipal: principal,
  Action: z.optional(oneOrMany(action)),
  NotAction: z.optional(oneOrMany(action)),
  Resource: z.optional(oneOrMany(resource)),
  NotResource: z.optional(oneOrMany(resource)),
  Condition: z.optional(z.record(policyText(), z.record(policyText(), oneOrMany(conditionValue)))),
})
z.globalRegistry.add(statement, {
  allOf: [
    { oneOf: [{ required: ['Action'] }, { required: ['NotAction'] }] },
    { oneOf: [{ required: ['Resource'] }, { required: ['NotResource'] }] },
  ],
})

export const policyDocument = z.strictObject({
  Version: z.enum(['2012-10-17', '2008-10-17']),
  Id: z.optional(policyText()),
  Statement: oneOrMany(statement),
})

/** JSON Schema keywords for an object that is a policy document. */
export const policyDocumentKeywords: Keywords = { allOf: [jsonSchemaOf(policyDocument)] }
