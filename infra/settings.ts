import * as z from 'zod'
import { policyMistakes } from '../lambdas/access/check-policies.ts'
import { accessSettings, rulesOf } from '../lambdas/access/configuration.ts'
import { encodedRules } from '../lambdas/access/encoding.ts'
import { keyDays } from '../lambdas/operations/expiry.ts'
import { issuerHostSettings } from './issuer-host-settings.ts'
import { memberSettings } from './member-settings.ts'
import { overlap } from './patterns.ts'
import { portalSettings } from './portal-settings.ts'
import { placeMistakes } from './setting-places.ts'
import { defaultWorkloadActions } from './workload-actions.ts'

const arnPattern = z
  .string()
  .regex(/^arn:[a-z*-]+:iam::(aws|\d{12}|\*):policy\/.+$/, 'a policy ARN; `*` stands for any characters')

/** Without `?`: `*` alone keeps the comparison of two patterns simple. */
const actionPattern = z
  .string()
  .regex(/^(\*|[a-z0-9-]+:[A-Za-z0-9*]+)$/, 'an IAM action such as s3:GetObject; `*` stands for any characters')

/** CDK's roles trust the whole account: https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html */
const assumableRoleArn = z
  .string()
  .regex(
    /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/*-]+$/,
    'the ARN of a role, with its account; `*` stands for any characters',
  )
  .refine(
    (arn) => !overlap(arn.replace(/^.*?:role\//, ''), 'cdk-*'),
    "covers roles that CDK deploys with: name the workload's own",
  )

/** The form of a key's ID: https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#key-id-key-ARN */
const keyArn = z
  .string()
  .regex(
    /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/(mrk-[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/,
    'the ARN of a KMS key such as arn:aws:kms:REGION:ACCOUNT:key/1234abcd-12ab-34cd-56ef-1234567890ab, and not of an alias',
  )
  .optional()

/** ID of an EC2 resource: `subnet-` or `sg-`, and 8 or 17 hexadecimal digits. */
const idOf = (kind: 'subnet' | 'sg') =>
  z.string().regex(new RegExp(`^${kind}-([0-9a-f]{8}|[0-9a-f]{17})$`), `an ID such as ${kind}-0a1b2c3d`)

/** An idempotency key that is remembered stands for an operation, which has to be there then. */
const daysOfOperations = z.int().min(keyDays).max(3650)

/** Lambda takes 4 KB for all variables of a function. The others of a function of the API need up to 1.8 KB. */
const mostAccessRules = 2200

const checkedAccess = accessSettings.check(({ value, issues }) => {
  const mistakes = policyMistakes(value.policies)
  for (const message of mistakes) issues.push({ code: 'custom', input: value.policies, path: ['policies'], message })
  const { length } = encodedRules(rulesOf(value))
  if (length <= mostAccessRules) return
  const message = `has ${length} characters when it is compressed, and a function takes ${mostAccessRules}: join grants, or shorten policies`
  issues.push({ code: 'custom', input: value, path: [], message })
})

/** The settings that the operators of a deployment choose: the context `workload-identity` of cdk.json. */
const anySettings = z.strictObject({
  secretPrefix: z.string().regex(/^[A-Za-z0-9_+=.@-]+$/, 'one name without slashes'),
  rolePath: z.string().regex(/^\/([\w+=,.@-]+\/)+$/, 'an IAM path with a slash at both ends'),
  allowedPolicyArns: z.array(arnPattern),
  inlinePolicyActions: z.array(actionPattern).default([]),
  workloadActions: z
    .array(actionPattern)
    .min(1)
    .default([...defaultWorkloadActions]),
  assumableRoleArns: z.array(assumableRoleArn).default([]),
  access: checkedAccess,
  accounts: memberSettings,
  kmsKeys: z.strictObject({ secrets: keyArn, table: keyArn, topic: keyArn, logs: keyArn }).default({}),
  issuerHost: z.optional(issuerHostSettings),
  portal: z.optional(portalSettings),
  webhookTimeoutSeconds: z.int().min(30).max(3600),
  rotationSchedule: z
    .string()
    .regex(
      /^(off|(rate|cron)\([^()]+\))$/,
      'is neither an expression such as rate(6 hours) or cron(0 3 * * ? *), nor off',
    )
    .default('rate(6 hours)'),
  operationDays: z
    .strictObject({ looks: daysOfOperations.default(90), changes: daysOfOperations.default(365) })
    .default({ looks: 90, changes: 365 }),
  notifications: z.strictObject({ emails: z.array(z.email()).default([]) }).default({ emails: [] }),
  network: z.optional(
    z.strictObject({ subnetIds: z.array(idOf('subnet')).min(1), securityGroupIds: z.array(idOf('sg')).min(1) }),
  ),
})

/** The same, with what one setting leaves for another. */
export const deploymentSettings = anySettings.check(({ value, issues }) => {
  const { access, accounts, portal } = value
  if (portal && !Object.hasOwn(access.issuers, portal.issuer)) {
    const unknown = 'is no name in access.issuers: add the issuer, or correct the name'
    issues.push({ code: 'custom', input: portal, path: ['portal', 'issuer'], message: unknown })
  }
  const room = mostAccessRules - encodedRules(rulesOf(access)).length
  const { length } = Object.keys(accounts).join(',')
  if (length <= room) return
  const message = `have ${length} characters, and a function takes ${mostAccessRules} with those of access, which leaves ${room}: join grants, or name fewer accounts`
  issues.push({ code: 'custom', input: accounts, path: ['accounts'], message })
})

export type DeploymentSettings = z.output<typeof deploymentSettings>

/**
 * The settings in the context of the CDK.
 *
 * @param region of the stack, when it is known
 * @throws {Error} when a setting is missing or wrong; the message has a line for each mistake
 */
export function readSettings(context: unknown, region: string | undefined): DeploymentSettings {
  const { data, error } = deploymentSettings.safeParse(context)
  const mistakes = data ? placeMistakes(data, region) : error.issues
  if (data && mistakes.length === 0) return data
  const lines = mistakes.map(({ path, message }) => `  ${['workload-identity', ...path].join('.')}: ${message}`)
  throw new Error(`Correct the settings in cdk.json:\n${lines.join('\n')}`)
}
