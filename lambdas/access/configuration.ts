/** Who has which role, as the operators of a deployment configure it: `access` in the settings. */
import * as z from 'zod/mini'

const name = z.string().check(
  z.regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, {
    error: 'is not a name: use 1 to 63 lower-case letters, digits and hyphens',
  }),
)
const iamName = z.string().check(
  z.regex(/^[\w+=,.@-]{1,64}$/, {
    error: 'is not the name of a role or a user: give the name alone, without ARN, path or session',
  }),
)
const account = z.exactOptional(
  z.string().check(z.regex(/^\d{12}$/, { error: 'is not an account: use its twelve digits' })),
)

const iamCaller = z.strictObject({
  iam: z.union([z.strictObject({ account, role: iamName }), z.strictObject({ account, user: iamName })], {
    error: 'is neither { role } nor { user }, with an account where it is not that of the deployment',
  }),
})

const jwtCaller = z.strictObject({
  jwt: z.strictObject({
    issuer: name,
    claims: z
      .record(z.string(), z.string())
      .check(z.refine((claims) => Object.keys(claims).length > 0, { error: 'is empty: give at least one claim' })),
  }),
})

const caller = z.union([iamCaller, jwtCaller], {
  error: 'is neither { iam: { role } } nor { jwt: { issuer, claims } }',
})

/** `*` stands for any characters. */
const patterns = z
  .array(z.string().check(z.minLength(1)))
  .check(z.minLength(1, { error: 'is empty: use ["*"] for all' }))
const callers = z.array(caller).check(z.minLength(1, { error: 'is empty: name at least one caller' }))

const grant = z.discriminatedUnion('role', [
  z.strictObject({ name, role: z.literal('viewer'), to: callers, clusters: patterns }),
  z.strictObject({
    name,
    role: z.literal('developer'),
    to: callers,
    clusters: patterns,
    namespaces: patterns,
    policyArns: patterns,
  }),
  z.strictObject({ name, role: z.literal('operator'), to: callers, clusters: patterns }),
  z.strictObject({ name, role: z.literal('administrator'), to: callers }),
])

/** What the functions of the API are given. */
export const accessRules = z.strictObject({
  grants: z.array(grant),
  /** URL of each issuer, by its name. */
  issuers: z.record(z.string(), z.string()),
  /** The company's own policies, by their ids. */
  policies: z.record(z.string(), z.string()),
})

/** The retentions that CloudWatch Logs takes. */
const retentionDays = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const

const notAnIssuer = 'is not an https URL without query and fragment: give the issuer as its tokens have it'

/** The setting `access`. */
export const accessSettings = z
  .strictObject({
    grants: z.array(grant),
    issuers: z._default(
      z.record(
        name,
        z.strictObject({
          // Without a fragment, so that ISSUER#SUBJECT names one caller: OpenID Connect Core, section 2.
          issuer: z.url({ protocol: /^https$/, error: notAnIssuer }).check(z.regex(/^[^#?]*$/, { error: notAnIssuer })),
          audience: z.array(z.string()).check(z.minLength(1)),
        }),
      ),
      {},
    ),
    policies: z._default(z.record(name, z.string()), {}),
    auditLogDays: z._default(
      z.literal(retentionDays, {
        error: `is none of the days that CloudWatch Logs takes: ${retentionDays.join(', ')}`,
      }),
      365,
    ),
  })
  .check((payload) => {
    for (const { path, message } of mistakesIn(payload.value)) {
      payload.issues.push({ code: 'custom', input: payload.value, path: [...path], message })
    }
  })

export type Grant = z.output<typeof grant>
export type GrantedCaller = z.output<typeof caller>
export type GrantedIam = z.output<typeof iamCaller>['iam']
export type GrantedToken = z.output<typeof jwtCaller>['jwt']
export type AccessRules = z.output<typeof accessRules>
export type AccessSettings = z.output<typeof accessSettings>

/** What the functions of the API are given of the settings. */
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
  const noAdministrator = 'name no administrator, so that nobody could change a cluster: give the role to somebody'
  return [
    ...(grants.some(({ role }) => role === 'administrator') ? [] : [{ path: ['grants'], message: noAdministrator }]),
    ...repeatedIn(grants.map((one) => one.name)).map((index) => ({
      path: ['grants', index, 'name'],
      message: 'is the name of an earlier grant: the audit log tells grants apart by their names',
    })),
    ...grants.flatMap(({ to }, index) => unknownIssuers(to, issuers).map((at) => unknownIssuer(index, at))),
    ...(repeatedIn(urls).length > 0
      ? [{ path: ['issuers'], message: 'have one URL twice: join their audiences' }]
      : []),
    ...('v1' in issuers
      ? [{ path: ['issuers', 'v1'], message: 'is the path of the IAM routes: use another name' }]
      : []),
  ]
}

function unknownIssuers(to: readonly GrantedCaller[], issuers: object): number[] {
  return to.flatMap((one, at) => ('jwt' in one && !Object.hasOwn(issuers, one.jwt.issuer) ? [at] : []))
}

function unknownIssuer(grantIndex: number, at: number): Mistake {
  const message = 'is no name in access.issuers: add the issuer, or correct the name'
  return { path: ['grants', grantIndex, 'to', at, 'jwt', 'issuer'], message }
}

/** The indexes of texts that are in the list before. */
function repeatedIn(texts: readonly string[]): number[] {
  return texts.flatMap((text, index) => (texts.indexOf(text) < index ? [index] : []))
}
