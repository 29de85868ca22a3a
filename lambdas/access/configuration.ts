/** The roles of callers, as the operators of a deployment configure them: `access` in the settings. */
import * as z from 'zod/mini'
import { described } from '../spec/format.ts'
import { keyOf, namedCallers } from './named-callers.ts'

const name = z.string().check(
  z.regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, {
    error: 'is not a name: use 1 to 63 lower-case letters, digits and hyphens',
  }),
  z.meta({ title: 'a name of 1 to 63 lower-case letters, digits and hyphens' }),
)
const iamName = z.string().check(
  z.regex(/^[\w+=,.@-]{1,64}$/, {
    error: 'is not the name of a role or a user: give the name alone, without ARN, path or session',
  }),
)
const role = iamName.check(
  z.meta({
    title: 'the name of a role, without ARN and path',
    description:
      'Without the name of the session. A role of IAM Identity Center is `AWSReservedSSO_…` with its suffix.',
  }),
)
const user = iamName.check(
  z.meta({ title: 'the name of a user, without ARN and path', description: 'Instead of a role.' }),
)

const uniqueId = (kind: 'role' | 'user', prefix: 'AROA' | 'AIDA') =>
  z.optional(
    z.string().check(
      z.regex(new RegExp(`^${prefix}[A-Z0-9]{12,124}$`), {
        error: `is not the unique ID of a ${kind}, which begins with ${prefix}: \`aws iam get-${kind}\` shows it`,
      }),
      z.meta({
        title: `the unique ID of a ${kind}, which begins with ${prefix}`,
        description: `Necessary if the ${kind} was [made again](access.md#a-role-that-is-made-again). Without it, the first deployment stores the ID.`,
      }),
    ),
  )

const iamCaller = z.strictObject({
  iam: described(
    "An IAM role or user of the [deployment's account](access.md#callers-of-other-accounts).",
    z.union(
      [z.strictObject({ role, id: uniqueId('role', 'AROA') }), z.strictObject({ user, id: uniqueId('user', 'AIDA') })],
      {
        error: "is neither { role } nor { user } of the deployment's account",
      },
    ),
  ),
})

const jwtCaller = z.strictObject({
  jwt: described(
    'Tokens of an issuer with all these claims. A list claim must contain the text.',
    z.strictObject({
      issuer: name.check(z.describe('A name in `access.issuers`.')),
      claims: described(
        'Values by the names of claims.',
        z
          .record(z.string(), z.string())
          .check(z.refine((claims) => Object.keys(claims).length > 0, { error: 'is empty: give at least one claim' })),
      ),
    }),
  ),
})

const caller = z.union([iamCaller, jwtCaller], {
  error:
    "names no caller: give { iam: { role } } or { iam: { user } } of the deployment's account, or { jwt: { issuer, claims } }",
})

/** `*` stands for any characters, as the description of the setting explains: infra/settings/settings.ts. */
const patterns = (description: string) =>
  described(
    description,
    z.array(z.string().check(z.minLength(1))).check(z.minLength(1, { error: 'is empty: use ["*"] for all' })),
  )
const callers = described(
  'The callers that have the grant.',
  z.array(caller).check(z.minLength(1, { error: 'is empty: name at least one caller' })),
)
const roleOf = <Role extends string>(value: Role) => z.literal(value).check(z.describe('The granted role.'))
const grantName = name.check(z.describe('Its name in refusals and in the audit log.'))
const clusters = patterns('For viewers, developers and operators: the clusters.')

const grant = z.discriminatedUnion('role', [
  z.strictObject({ name: grantName, role: roleOf('viewer'), to: callers, clusters }),
  z.strictObject({
    name: grantName,
    role: roleOf('developer'),
    to: callers,
    clusters,
    namespaces: patterns('For developers: the namespaces.'),
    policyArns: patterns("For developers: the workloads' managed policies."),
  }),
  z.strictObject({ name: grantName, role: roleOf('operator'), to: callers, clusters }),
  z.strictObject({ name: grantName, role: roleOf('administrator'), to: callers }),
])

/** The file with the rules, as JSON, in the bundles of the API's functions. */
export const accessRulesFile = 'access-rules.json'

/** The access rules for the functions of the API. */
export const accessRules = z.strictObject({
  grants: z.array(grant),
  /** URL of each issuer, by its name. */
  issuers: z.record(z.string(), z.string()),
  /** The company's own policies, by their ids. */
  policies: z.record(z.string(), z.string()),
})

/**
 * The retention periods, in days, that CloudWatch Logs accepts:
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
 */
export const retentionDays = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const

const notAnIssuer = 'is not an https URL without query and fragment: copy it from the claim iss of a token'

/** The setting `access`. */
export const accessSettings = z
  .strictObject({
    grants: described('The grants of [the four roles](access.md#the-four-roles).', z.array(grant)),
    issuers: described(
      'Identity providers whose tokens the API accepts. API Gateway [has requirements](access.md#iam-and-tokens).',
      z._default(
        z.record(
          name,
          z.strictObject({
            // Without a fragment, so that ISSUER#SUBJECT identifies one caller: OpenID Connect Core, section 2.
            issuer: described(
              'The `iss` of its tokens.',
              z
                .url({ protocol: /^https$/, error: notAnIssuer })
                .check(
                  z.regex(/^[^#?]*$/, { error: notAnIssuer }),
                  z.meta({ title: 'an https URL without query and fragment' }),
                ),
            ),
            audience: described('The accepted audiences.', z.array(z.string()).check(z.minLength(1))),
          }),
        ),
        {},
      ),
    ),
    policies: described(
      '[Your Cedar policies](access.md#your-own-policies), by their IDs.',
      z._default(z.record(name, z.string()), {}),
    ),
    auditLogDays: described(
      'Days for which [the audit log](access.md#the-audit-log) is retained.',
      z._default(
        z.literal(retentionDays, {
          error: `is not one of the retention periods of CloudWatch Logs, in days: ${retentionDays.join(', ')}`,
        }),
        365,
      ),
    ),
  })
  .check((payload) => {
    for (const { path, message } of mistakesIn(payload.value)) {
      payload.issues.push({ code: 'custom', input: payload.value, path: [...path], message })
    }
  })

export type RetentionDays = (typeof retentionDays)[number]
export type Grant = z.output<typeof grant>
export type GrantedCaller = z.output<typeof caller>
export type GrantedIam = z.output<typeof iamCaller>['iam']
export type GrantedToken = z.output<typeof jwtCaller>['jwt']
export type AccessRules = z.output<typeof accessRules>
export type AccessSettings = z.output<typeof accessSettings>

/** The part of the settings that the functions of the API get. */
export function rulesOf({ grants, issuers, policies }: AccessSettings): AccessRules {
  return {
    grants,
    issuers: Object.fromEntries(Object.entries(issuers).map(([key, { issuer }]) => [key, issuer])),
    policies,
  }
}

interface Mistake {
  readonly path: readonly (string | number)[]
  readonly message: string
}

function mistakesIn({ grants, issuers }: { grants: readonly Grant[]; issuers: AccessSettings['issuers'] }): Mistake[] {
  const urls = Object.values(issuers).map(({ issuer }) => issuer)
  const noAdministrator = 'name no administrator: grant the role administrator to at least one caller'
  return [
    ...(grants.some(({ role }) => role === 'administrator') ? [] : [{ path: ['grants'], message: noAdministrator }]),
    ...repeatedIn(grants.map((one) => one.name)).map((index) => ({
      path: ['grants', index, 'name'],
      message: 'is the name of an earlier grant: the audit log tells grants apart by their names',
    })),
    ...grants.flatMap(({ to }, index) => otherIds(to, grants).map((at) => otherId(index, at))),
    ...grants.flatMap(({ to }, index) => unknownIssuers(to, issuers).map((at) => unknownIssuer(index, at))),
    ...(repeatedIn(urls).length > 0
      ? [{ path: ['issuers'], message: 'have one URL twice: keep one of the two issuers, with the audiences of both' }]
      : []),
    ...('v1' in issuers
      ? [{ path: ['issuers', 'v1'], message: 'is the path of the IAM routes: use another name' }]
      : []),
  ]
}

function unknownIssuers(to: readonly GrantedCaller[], issuers: object): number[] {
  return to.flatMap((one, at) => ('jwt' in one && !Object.hasOwn(issuers, one.jwt.issuer) ? [at] : []))
}

/** The indexes of callers whose unique ID differs from the one in an earlier grant. */
function otherIds(to: readonly GrantedCaller[], grants: readonly Grant[]): number[] {
  const ids = new Map(namedCallers(grants).map(({ key, id }) => [key, id]))
  return to.flatMap((one, at) =>
    'iam' in one && one.iam.id !== undefined && one.iam.id !== ids.get(keyOf(one.iam)) ? [at] : [],
  )
}

function otherId(grantIndex: number, at: number): Mistake {
  const message = 'differs from the unique ID of the same name in an earlier grant: correct one of the IDs'
  return { path: ['grants', grantIndex, 'to', at, 'iam', 'id'], message }
}

function unknownIssuer(grantIndex: number, at: number): Mistake {
  const message = 'is not a name in access.issuers: add the issuer, or correct the name'
  return { path: ['grants', grantIndex, 'to', at, 'jwt', 'issuer'], message }
}

/** The indexes of texts that occur earlier in the list. */
function repeatedIn(texts: readonly string[]): number[] {
  return texts.flatMap((text, index) => (texts.indexOf(text) < index ? [index] : []))
}
