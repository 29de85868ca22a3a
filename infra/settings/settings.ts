import * as z from 'zod'
import { policyMistakes } from '../../lambdas/access/check-policies.ts'
import { accessSettings, retentionDays } from '../../lambdas/access/configuration.ts'
import { isNameable, nameableRanges } from '../../lambdas/clouds/network/address-ranges.ts'
import { keyDays } from '../../lambdas/operations/record/expiry.ts'
import { isSeldom } from '../alarms/schedule-gap.ts'
import { egressProxySettings } from '../functions/egress-proxy.ts'
import { deploymentName, secretPrefixStart } from '../member/member-names.ts'
import { overlap } from '../permissions/patterns.ts'
import { apiSettings } from './api-settings.ts'
import { issuerHostSettings } from './issuer-host-settings.ts'
import { memberSettings } from './member-settings.ts'
import { portalSettings } from './portal-settings.ts'
import { forSettings, lineOf, mistakesOf, WrongSettings } from './setting-mistakes.ts'
import { placeMistakes } from './setting-places.ts'
import { textOf } from './setting-text.ts'
import { tagSettings } from './tag-settings.ts'
import { defaultWorkloadActions } from './workload-actions.ts'

const arnPattern = textOf(
  'the ARN of a managed policy; `*` stands for any characters',
  /^arn:[a-z*-]+:iam::(aws|\d{12}|\*):policy\/.+$/,
)

/** `?` is not allowed, because `*` alone keeps the comparison of two patterns simple. */
const actionPattern = textOf(
  'an IAM action such as s3:GetObject; `*` stands for any characters',
  /^(\*|[a-z0-9-]+:[A-Za-z0-9*]+)$/,
)

/** CDK's roles trust the entire account: https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html */
const assumableRoleArn = textOf(
  'the ARN of a role, with its account; `*` stands for any characters',
  /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/*-]+$/,
).refine(
  (arn) => !overlap(arn.replace(/^.*?:role\//, ''), 'cdk-*'),
  'covers roles that CDK uses to deploy: name only roles for workloads',
)

/** The form of a key's ID: https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#key-id-key-ARN */
const keyArn = textOf(
  'the ARN of a KMS key such as arn:aws:kms:REGION:ACCOUNT:key/1234abcd-12ab-34cd-56ef-1234567890ab; an alias is not allowed',
  /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/(mrk-[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/,
).optional()

/** ID of an EC2 resource: `subnet-` or `sg-`, and 8 or 17 hexadecimal digits. */
const addressForm = `an IPv4 range in ${nameableRanges.join(', ').replace(/, ([^,]*)$/, ' or $1')}`
const addressRange = z
  .string()
  .refine(isNameable, { error: `is not ${addressForm}` })
  .meta({ title: addressForm })

const idOf = (kind: 'subnet' | 'sg') =>
  textOf(`an ID such as ${kind}-0a1b2c3d`, new RegExp(`^${kind}-([0-9a-f]{8}|[0-9a-f]{17})$`))

/** At least as many days as idempotency keys, because a stored key refers to an operation that must still exist. */
const daysOfOperations = z.int().min(keyDays).max(3650)

const checkedAccess = accessSettings.check(
  ({ value, issues }) => {
    const mistakes = policyMistakes(value.policies)
    for (const message of mistakes) issues.push({ code: 'custom', input: value.policies, path: ['policies'], message })
  },
  z.meta({
    description:
      '[Who may do what](access.md). It must name at least one administrator. Its roles and users must exist when you deploy. In `clusters`, `namespaces` and `policyArns`, `*` stands for any characters.',
    examples: [
      {
        issuers: { staff: { issuer: 'https://login.example.com', audience: ['workload-identity'] } },
        grants: [{ name: 'platform', role: 'administrator', to: [{ iam: { role: 'PlatformAdministrator' } }] }],
      },
    ],
  }),
)

const schedule = textOf(
  'off or an expression such as rate(6 hours) or cron(0 3 * * ? *)',
  /^(off|(rate|cron)\([^()]+\))$/,
).refine(
  (expression) => !isSeldom(expression),
  'has more than six days between two calls, and the alarm on missed calls looks back for seven: use rate(6 days) or less',
)

/** The settings of a deployment. The descriptions here generate docs/settings.md and infra/settings/settings.schema.json. */
const anySettings = z.strictObject({
  name: deploymentName.default('WorkloadIdentity').meta({
    description:
      'The name of the deployment and of its stack, by which other deployments [protect it](permissions.md#workloads). Choose it before the first deployment: another name is [another deployment](deployment.md#accounts-and-regions).',
    examples: ['WorkloadIdentityStaging'],
  }),
  secretPrefix: textOf(
    `${secretPrefixStart}, followed by any letters, digits and _+=.@-`,
    new RegExp(`^${secretPrefixStart}[A-Za-z0-9_+=.@-]*$`),
  ).meta({
    description: 'The first part of the names of all secrets. The functions can read no other secrets.',
    examples: ['workload-identity'],
  }),
  rolePath: textOf('an IAM path with a slash at both ends', /^\/([\w+=,.@-]+\/)+$/).meta({
    description:
      "The IAM path of the workloads' roles. The roles of a cluster are in `ROLE_PATH/CLUSTER/`. The functions can change no other roles.",
    examples: ['/workload-identity/'],
  }),
  allowedPolicyArns: z.array(arnPattern).meta({
    description:
      'The managed policies that workloads may get. In China and GovCloud, use ARNs of that [partition](deployment.md#partitions).',
    examples: [['arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess', 'arn:aws:iam::*:policy/workload-identity/*']],
  }),
  inlinePolicyActions: z
    .array(actionPattern)
    .default([])
    .meta({
      description:
        'The actions that an inline policy of a request may allow. Without any, inline policies are refused.',
      examples: [['s3:GetObject', 'sqs:*']],
    }),
  workloadActions: z
    .array(actionPattern)
    .min(1)
    .default([...defaultWorkloadActions])
    .meta({
      description:
        "All actions that a workload's role may have: the allow list of the [permissions boundary](permissions.md#workloads). Your list replaces the default.",
      examples: [['s3:*', 'lambda:InvokeFunction']],
    }),
  assumableRoleArns: z
    .array(assumableRoleArn)
    .default([])
    .meta({
      description: 'The roles that workloads may assume. Without any, they assume none.',
      examples: [['arn:aws:iam::111122223333:role/reports/*']],
    }),
  access: checkedAccess,
  accounts: memberSettings,
  kmsKeys: z
    .strictObject({
      secrets: keyArn.meta({ description: 'The key of secrets that you encrypt.' }),
      table: keyArn.meta({ description: 'The key of the record.' }),
      topic: keyArn.meta({ description: 'The key of notifications.' }),
      logs: keyArn.meta({ description: 'The key of all logs.' }),
    })
    .default({})
    .meta({
      description:
        '[Your KMS keys](deployment.md#your-own-keys), in the region of the deployment. Without one, an AWS key encrypts.',
      examples: [{ table: 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab' }],
    }),
  api: z.optional(apiSettings),
  issuerHost: z.optional(issuerHostSettings),
  portal: z.optional(portalSettings),
  logDays: z
    .literal(retentionDays)
    .default(30)
    .meta({
      description:
        'Days for which logs of functions, workflows and the API are retained. `access.auditLogDays` is for the audit log.',
      examples: [90],
    }),
  limits: z
    .strictObject({
      requestsPerSecond: z.int().min(1).max(10_000).default(50).meta({
        description:
          'Requests per second to each route, of all callers together; at least 200 to the routes of agents. AWS treats it as a target.',
      }),
      burst: z
        .int()
        .min(1)
        .max(5000)
        .default(100)
        .meta({ description: 'Simultaneous requests to each route; at least 400 to the routes of agents.' }),
      runningPerCaller: z
        .int()
        .min(1)
        .max(200)
        .default(20)
        .meta({ description: '[Running operations](api.md#operations) of one caller.' }),
    })
    .default({ requestsPerSecond: 50, burst: 100, runningPerCaller: 20 })
    .meta({
      description:
        'Limits of the API, which answers `429` beyond them. 20 operations use up to 400 [concurrent executions](deployment.md#quotas) of Lambda.',
      examples: [{ requestsPerSecond: 200, burst: 400, runningPerCaller: 50 }],
    }),
  tags: tagSettings,
  removalPolicy: z
    .enum(['retain', 'destroy'])
    .default('retain')
    .meta({
      description:
        '[What remains](deployment.md#remove-the-deployment) when the stack is deleted. `destroy` deletes the record and its copies: use it for trials.',
      examples: ['destroy'],
    }),
  webhookTimeoutSeconds: z
    .int()
    .min(30)
    .max(3600)
    .meta({
      description: 'Seconds that the webhook and its certificate may take to become ready.',
      examples: [600],
    }),
  rotationSchedule: schedule.default('rate(6 hours)').meta({
    description:
      'When [rotations](workflows.md#rotation) run, in UTC, at least every six days. With `off`, they run only on request (`wid rotate`): otherwise nothing is renewed, and nobody is notified of credentials that end.',
    examples: ['cron(0 3 * * ? *)'],
  }),
  driftSchedule: schedule.default('rate(1 day)').meta({
    description:
      'When each cluster is [compared](on-call.md#plan-and-drift) with its spec, in UTC, at least every six days. Subscribers are [notified](deployment.md#subscribe-to-notifications) of differences. With `off`, drifts run only on request.',
    examples: ['cron(0 4 * * ? *)'],
  }),
  operationDays: z
    .strictObject({
      looks: daysOfOperations.default(90).meta({ description: 'Days of plans, drifts, verifications and dry runs.' }),
      changes: daysOfOperations.default(365).meta({ description: 'Days of all other operations.' }),
    })
    .default({ looks: 90, changes: 365 })
    .meta({
      description:
        'Days for which operations are retained after their end. Some records [do not expire](api.md#operations).',
      examples: [{ looks: 30, changes: 730 }],
    }),
  notifications: z
    .strictObject({
      emails: z
        .array(z.email({ error: 'is not an address of e-mail such as platform@example.com' }))
        .default([])
        .meta({ description: 'SNS sends each address an e-mail to confirm.' }),
      eventBus: textOf(
        'the name of an event bus, without its ARN: 1 to 256 letters, digits and ._-',
        /^[A-Za-z0-9._-]{1,256}$/,
      )
        .optional()
        .meta({
          description:
            'An [event bus](deployment.md#subscribe-to-notifications) of the account and region, such as `default`.',
        }),
      slack: z
        .strictObject({
          workspaceId: textOf('the ID of a workspace such as T0123ABCD', /^[TE][A-Z0-9]{7,20}$/).meta({
            description: 'The console of Amazon Q Developer shows it.',
          }),
          channelId: textOf('the ID of a channel such as C0123ABCD', /^[CG][A-Z0-9]{7,20}$/).meta({
            description: "The end of the channel's link.",
          }),
        })
        .optional()
        .meta({
          description:
            'A Slack channel for this deployment only. First [authorize the account](deployment.md#subscribe-to-notifications) in the workspace.',
          examples: [{ workspaceId: 'T0123ABCD', channelId: 'C0123ABCD' }],
        }),
    })
    .default({ emails: [] })
    .meta({
      description: 'The recipients of [notifications](deployment.md#subscribe-to-notifications).',
      examples: [{ emails: ['platform@example.com'], eventBus: 'default' }],
    }),
  network: z
    .strictObject({
      subnetIds: z.array(idOf('subnet')).meta({
        description:
          'They need a route to the internet, or `proxy`. Empty lists [leave the VPC](private-api-servers.md#leave-the-vpc).',
      }),
      securityGroupIds: z.array(idOf('sg')).meta({
        description: 'Security groups of the functions.',
      }),
      proxy: egressProxySettings.meta({
        description:
          'The [proxy](private-api-servers.md#through-a-proxy-for-all-outgoing-connections) for all outgoing connections of these functions.',
      }),
      addressRanges: z
        .array(addressRange)
        .default([])
        .meta({
          description:
            'More addresses that API servers and their proxies may have, besides public and private ones. Metadata, loopback and link-local addresses stay refused.',
          examples: [['100.64.0.0/10']],
        }),
    })
    .check(({ value, issues }) => {
      const { subnetIds, securityGroupIds, proxy, addressRanges } = value
      const mistake = (path: string, message: string) =>
        issues.push({ code: 'custom', input: value, path: [path], message })
      if (subnetIds.length > 0 && securityGroupIds.length === 0)
        mistake('securityGroupIds', 'is empty: name a security group of the functions')
      if (subnetIds.length === 0 && securityGroupIds.length > 0)
        mistake('securityGroupIds', 'is set without subnetIds: make it an empty list')
      if (subnetIds.length === 0 && proxy) mistake('proxy', 'is set without subnetIds: leave it out')
      if (subnetIds.length === 0 && addressRanges.length > 0)
        mistake('addressRanges', 'is set without subnetIds: leave it out')
    })
    .optional()
    .meta({
      description:
        'The [VPC](private-api-servers.md#through-a-vpc) of the functions that connect to clusters, for API servers or proxies with private addresses.',
      examples: [{ subnetIds: ['subnet-0aa11bb22cc33dd44'], securityGroupIds: ['sg-0123456789abcdef0'] }],
    }),
})

/** The schema of a settings file: `anySettings`, with the checks between two settings. */
export const deploymentSettings = anySettings.check(({ value, issues }) => {
  const { access, portal } = value
  if (!portal || Object.hasOwn(access.issuers, portal.issuer)) return
  const message = 'is not a name in access.issuers: add the issuer, or correct the name'
  issues.push({ code: 'custom', input: portal, path: ['portal', 'issuer'], message })
})

export type DeploymentSettings = z.output<typeof deploymentSettings>

/** The settings file as JSON Schema (draft 2020-12). Settings with a default are optional in it. */
export function settingsJsonSchema(): z.core.JSONSchema.BaseSchema {
  return z.toJSONSchema(anySettings, { io: 'input', target: 'draft-2020-12' })
}

/** The context of messages about settings. */
export interface GivenIn {
  readonly file: string
  /** Region of the stack, if known. */
  readonly region: string | undefined
}

/** The settings after validation. */
export function checkedSettings(given: unknown, { file, region }: GivenIn): DeploymentSettings {
  const { data, error } = deploymentSettings.safeParse(given, forSettings)
  const mistakes = data ? placeMistakes(data, region) : mistakesOf(error)
  if (data && mistakes.length === 0) return data
  const title = `Correct the settings in ${file} (docs/settings.md says what each takes):`
  throw new WrongSettings([title, ...mistakes.map(lineOf)].join('\n'))
}
