import * as z from 'zod/mini'

const texts = z.pipe(
  z.union([z.string(), z.array(z.string())]),
  z.transform((value) => (typeof value === 'string' ? [value] : value)),
)
const scalar = z.union([z.string(), z.number(), z.boolean()])
const values = z.pipe(
  z.union([scalar, z.array(scalar)]),
  z.transform((value) => [value].flat().map(String)),
)
const conditions = z.record(z.string(), z.record(z.string(), values))

const statement = z.strictObject({
  Sid: z.optional(z.string()),
  Effect: z.enum(['Allow', 'Deny']),
  Principal: z.union([z.literal('*'), z.record(z.string(), texts)]),
  Action: texts,
  Resource: texts,
  Condition: z._default(conditions, {}),
})
const policy = z.object({ Statement: z.union([statement, z.array(statement)]) })

type Statement = z.output<typeof statement>

/** What CloudFront asks of a bucket. */
export interface Access {
  readonly action: 's3:GetObject' | 's3:ListBucket'
  /** ARN of the object or of the bucket. */
  readonly resource: string
  /** The distribution that it asks for. */
  readonly sourceArn: string
}

/**
 * Whether a bucket's policy lets CloudFront do this for the distribution: a statement allows the service and names the
 * distribution, and none denies it. What cannot be understood allows nothing and denies everything.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
 *
 * @param document JSON; undefined for a bucket without a policy
 */
export function allowsCloudFront(document: string | undefined, access: Access): boolean {
  const statements = statementsOf(document)
  if (statements === undefined) return false
  const about = statements.filter((one) => isAbout(one, access))
  if (about.some((one) => one.Effect === 'Deny' && holds(one, access) !== false)) return false
  return about.some((one) => one.Effect === 'Allow' && namesSource(one) && holds(one, access) === true)
}

function statementsOf(document: string | undefined): readonly Statement[] | undefined {
  if (document === undefined) return undefined
  const parsed = policy.safeParse(JSON.parse(document))
  return parsed.success ? [parsed.data.Statement].flat() : undefined
}

function isAbout({ Effect, Principal, Action, Resource }: Statement, { action, resource }: Access): boolean {
  const isService = Principal !== '*' && Principal.Service?.includes('cloudfront.amazonaws.com') === true
  const isEverybody = Principal === '*' || Principal.AWS?.includes('*') === true
  return (
    (isService || (Effect === 'Deny' && isEverybody)) &&
    Action.some((pattern) => matches(pattern.toLowerCase(), action.toLowerCase())) &&
    Resource.some((pattern) => matches(pattern, resource))
  )
}

/** Without it, every distribution of every account could read the bucket. */
function namesSource({ Condition }: Statement): boolean {
  return Object.values(Condition).some((keys) => Object.keys(keys).some((key) => key.toLowerCase() === 'aws:sourcearn'))
}

const operators: Readonly<Record<string, (value: string, wanted: string) => boolean>> = {
  StringEquals: (value, wanted) => value === wanted,
  ArnEquals: (value, wanted) => matches(wanted, value),
  StringLike: (value, wanted) => matches(wanted, value),
  ArnLike: (value, wanted) => matches(wanted, value),
  Bool: (value, wanted) => value === wanted.toLowerCase(),
}

/** CloudFront asks the bucket itself, and no access point. */
const absent: readonly string[] = ['s3:dataaccesspointarn']

/** Whether all conditions hold; undefined when one is of an operator or a key that is not known here. */
function holds({ Condition }: Statement, { sourceArn }: Access): boolean | undefined {
  const known: Readonly<Record<string, string>> = {
    'aws:sourcearn': sourceArn,
    'aws:sourceaccount': sourceArn.split(':')[4] ?? '',
    'aws:securetransport': 'true',
  }
  const results = Object.entries(Condition).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, wanted]) => {
      if (operator === 'Null' && absent.includes(key.toLowerCase())) return wanted.includes('true')
      const [compare, value] = [operators[operator], known[key.toLowerCase()]]
      return compare && value !== undefined ? wanted.some((one) => compare(value, one)) : undefined
    }),
  )
  if (results.includes(false)) return false
  return results.includes(undefined) ? undefined : true
}

/** A star stands for any characters, a question mark for one. */
function matches(pattern: string, text: string): boolean {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's').test(text)
}
