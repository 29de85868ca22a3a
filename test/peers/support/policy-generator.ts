import fc from 'fast-check'
import { iamArn } from './aws-requests.ts'
import { type Choice, providerRequests, roleRequests } from './choices.ts'
import type { Policy, Rights } from './second-evaluator.ts'

/** Requests and policies draw from the same few values, so that they match often. */
export const boundaries = ['policy/edge-one', 'policy/edge-two'].map(iamArn)
const attachable = [
  'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess',
  'arn:aws:iam::aws:policy/job-function/Billing',
  iamArn('policy/team/own'),
]
const paths = ['/', '/team/', '/team/blue/', '/other/']
const tagKeys = ['team', 'stage']
const tagValues = ['blue', 'Blue', 'green', '']

const tags = fc
  .dictionary(fc.constantFrom(...tagKeys), fc.constantFrom(...tagValues), { maxKeys: 2 })
  .map((drawn) => ({ ...drawn }))
const boundary = fc.option(fc.constantFrom(...boundaries), { nil: undefined })

function indexesOf(requests: readonly string[], desired: RegExp): number[] {
  return requests.flatMap((action, index) => (desired.test(action) ? [index] : []))
}

export const choice: fc.Arbitrary<Choice> = fc.record({
  // Weighted by the number of requests of the kind.
  kind: fc.oneof(
    { weight: 4, arbitrary: fc.constant('create-role' as const) },
    { weight: roleRequests.length, arbitrary: fc.constant('about-role' as const) },
    { weight: 2, arbitrary: fc.constant('create-provider' as const) },
    { weight: providerRequests.length, arbitrary: fc.constant('about-provider' as const) },
  ),
  index: fc.oneof(
    fc.nat(roleRequests.length * providerRequests.length),
    // Requests with specific condition keys.
    fc.constantFrom(...indexesOf(roleRequests, /(Attach|Detach|Put)RolePolicy|(Tag|Untag)Role|Put\w+Boundary/)),
  ),
  path: fc.constantFrom(...paths),
  tags,
  boundary,
  policyArn: fc.constantFrom(...attachable),
  has: fc.record({ tags, boundary }),
})

const actions = fc.oneof(
  fc.constantFrom('*', 'iam:*'),
  fc.constantFrom(
    '*',
    'iam:*',
    'iam:Get*',
    'iam:*Role',
    'iam:*RolePolicy',
    'iam:*OpenIDConnectProvider*',
    'IAM:getrole',
  ),
  fc
    .constantFrom(
      ...['CreateRole', 'TagRole', 'AttachRolePolicy', 'PutRolePolicy', 'PutRolePermissionsBoundary', 'GetRole'],
      ...['CreateOpenIDConnectProvider', 'TagOpenIDConnectProvider', 'AddClientIDToOpenIDConnectProvider'],
    )
    .map((name) => (name.startsWith('iam:') ? name : `iam:${name}`)),
  fc.constantFrom('s3:*', 'sts:AssumeRole', 'iam:ListUsers'),
)

const resources = fc.oneof(
  { weight: 2, arbitrary: fc.constant('*') },
  fc
    .constantFrom(
      ...[
        'role/*',
        'role/team/*',
        'role/Team/*',
        'role/role-*',
        'role/t?am/role-*',
        'role/*/role-*',
        'role/team/blue/*',
      ],
      ...['oidc-provider/*', 'oidc-provider/issuer.example/*', 'oidc-provider/issuer.example/team/*'],
    )
    .map(iamArn),
  fc.constantFrom('arn:aws:iam::*:role/*', 'arn:aws:iam::999999999999:role/*', 'arn:*:iam::*:*', 'arn:aws:iam::*'),
)

const completeArn = fc.oneof(
  fc.constantFrom(...boundaries, ...attachable),
  fc.constantFrom(
    ...['arn:aws:iam::aws:policy/*', 'arn:aws:iam::*:policy/*', 'arn:aws:iam::aws:policy/AmazonS3*', 'arn:*:iam::*:*'],
    ...['arn:aws:iam::999999999999:policy/*', 'arn:aws:iam::aws:POLICY/*', iamArn('policy/edge-???')],
  ),
)
/** Includes ARNs with too few parts. They match nothing, but AWS does not document whether a negated operator then matches. */
const anyArn = fc.oneof(completeArn, fc.constantFrom('arn:*:policy/*', 'arn:aws:iam::*/own'))

function block(operators: readonly string[], keys: readonly string[], values: fc.Arbitrary<string>) {
  const one = fc.oneof(
    values,
    fc.uniqueArray(values, { minLength: 1, maxLength: 2 }).map((several) => several),
  )
  return fc.tuple(fc.constantFrom(...operators), fc.constantFrom(...keys), one)
}

const arnKeys = ['iam:PermissionsBoundary', 'iam:PolicyARN', 'IAM:permissionsboundary']
const valueKeys = ['aws:RequestTag', 'aws:ResourceTag', 'iam:ResourceTag'].flatMap((prefix) =>
  tagKeys.map((key) => `${prefix}/${key}`),
)
const stringOperators = ['StringEquals', 'StringNotEquals', 'StringLike', 'StringNotLike', 'StringEqualsIgnoreCase']
const withIfExists = (operators: readonly string[]) => [...operators, ...operators.map((name) => `${name}IfExists`)]
const setOperators = [
  'ForAllValues:StringEquals',
  'ForAnyValue:StringEquals',
  'ForAllValues:StringLike',
  'ForAnyValue:StringNotEquals',
]

const condition = fc.oneof(
  block(withIfExists(['ArnLike', 'ArnEquals']), [...arnKeys, 'aws:PrincipalArn'], anyArn),
  block(withIfExists(['ArnNotLike', 'ArnNotEquals']), [...arnKeys, 'aws:PrincipalArn'], completeArn),
  block(withIfExists(['StringEquals', 'StringLike', 'StringNotEquals']), arnKeys, anyArn),
  block(withIfExists(stringOperators), valueKeys, fc.constantFrom(...tagValues, 'b*', '?lue', '*')),
  block(setOperators, ['aws:TagKeys'], fc.constantFrom(...tagKeys, 'Team', 't*')),
  block(['Null'], [...arnKeys, ...valueKeys, 'aws:TagKeys'], fc.constantFrom('true', 'false')),
  block(['Bool', 'BoolIfExists'], ['aws:SecureTransport'], fc.constantFrom('true', 'false')),
  block(withIfExists(['ArnLike', 'StringLike']), ['aws:PrincipalArn'], fc.constant(iamArn('role/actors/*'))),
)

/** Merges blocks into the Condition of a policy. A later block of the same operator and key replaces an earlier one. */
function conditions(blocks: readonly (readonly [string, string, string | string[]])[]): Record<string, object> {
  const merged: Record<string, Record<string, string | string[]>> = {}
  for (const [operator, key, values] of blocks) merged[operator] = { ...merged[operator], [key]: values }
  return merged
}

const several = (one: fc.Arbitrary<string>) => fc.uniqueArray(one, { minLength: 1, maxLength: 3 })

const statement = fc
  .record({
    Effect: fc.oneof({ weight: 3, arbitrary: fc.constant('Allow') }, { weight: 1, arbitrary: fc.constant('Deny') }),
    notAction: fc.integer({ min: 0, max: 9 }).map((drawn) => drawn === 0),
    notResource: fc.integer({ min: 0, max: 9 }).map((drawn) => drawn === 0),
    actions: several(actions),
    resources: several(resources),
    blocks: fc.array(condition, { maxLength: 2 }),
  })
  .map((drawn) => ({
    Effect: drawn.Effect,
    [drawn.notAction ? 'NotAction' : 'Action']: drawn.actions,
    [drawn.notResource ? 'NotResource' : 'Resource']: drawn.resources,
    ...(drawn.blocks.length > 0 && { Condition: conditions(drawn.blocks) }),
  }))

const policy: fc.Arbitrary<Policy> = fc
  .array(statement, { minLength: 1, maxLength: 3 })
  .map((Statement) => ({ Version: '2012-10-17', Statement }))

/** A boundary or a session policy. Often one that only denies, like ours, because others would leave little to allow. */
const limit = fc.oneof(
  policy,
  policy.map(
    ({ Version, Statement }): Policy => ({
      Version,
      Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }, ...Statement],
    }),
  ),
)

/** A policy in which one condition decides, so that no other statement hides it. */
const oneCondition: fc.Arbitrary<Rights> = condition.map((one) => {
  const Statement = [{ Effect: 'Allow', Action: '*', Resource: '*', Condition: conditions([one]) }]
  return { policies: [{ Version: '2012-10-17', Statement }] }
})

export const rights: fc.Arbitrary<Rights> = fc.oneof(
  oneCondition,
  fc.record({
    policies: fc.array(policy, { minLength: 1, maxLength: 2 }),
    boundary: fc.option(limit, { nil: undefined, freq: 2 }),
    session: fc.option(limit, { nil: undefined, freq: 3 }),
  }),
)
