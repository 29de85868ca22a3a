import * as z from 'zod'
import { policyMistakes } from '../../lambdas/access/check-policies.ts'
import { accessSettings, retentionDays } from '../../lambdas/access/configuration.ts'
import { keyDays } from '../../lambdas/operations/record/expiry.ts'
import { isSeldom } from '../alarms/schedule-gap.ts'
import { egressProxySettings } from '../functions/egress-proxy.ts'
import { deploymentName } from '../member/member-names.ts'
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

/** Without `?`: `*` alone keeps the comparison of two patterns simple. */
const actionPattern = textOf(
  'an IAM action such as s3:GetObject; `*` stands for any characters',
  /^(\*|[a-z0-9-]+:[A-Za-z0-9*]+)$/,
)

/** CDK's roles trust the whole account: https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html */
const assumableRoleArn = textOf(
  'the ARN of a role, with its account; `*` stands for any characters',
  /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/*-]+$/,
).refine(
  (arn) => !overlap(arn.replace(/^.*?:role\//, ''), 'cdk-*'),
  "covers roles that CDK deploys with: name the workload's own",
)

/** The form of a key's ID: https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#key-id-key-ARN */
const keyArn = textOf(
  'the ARN of a KMS key such as arn:aws:kms:REGION:ACCOUNT:key/1234abcd-12ab-34cd-56ef-1234567890ab; an alias is none',
  /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/(mrk-[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/,
).optional()

/** ID of an EC2 resource: `subnet-` or `sg-`, and 8 or 17 hexadecimal digits. */
const idOf = (kind: 'subnet' | 'sg') =>
  textOf(`an ID such as ${kind}-0a1b2c3d`, new RegExp(`^${kind}-([0-9a-f]{8}|[0-9a-f]{17})$`))

/** An idempotency key that is remembered stands for an operation, which has to be there then. */
const daysOfOperations = z.int().min(keyDays).max(3650)

const checkedAccess = accessSettings.check(
  ({ value, issues }) => {
    const mistakes = policyMistakes(value.policies)
    for (const message of mistakes) issues.push({ code: 'custom', input: value.policies, path: ['policies'], message })
  },
  z.meta({
    description:
      '[Who may do what](access.md), and whose tokens the API takes. It has to name at least one administrator.',
    examples: [
      {
        issuers: { staff: { issuer: 'https://login.example.com', audience: ['workload-identity'] } },
        grants: [
          { name: 'platform', role: 'administrator', to: [{ iam: { role: 'PlatformAdministrator' } }] },
          {
            name: 'operators-eu',
            role: 'operator',
            clusters: ['prod-eu', 'test-*'],
            to: [{ iam: { role: 'Operators' } }],
          },
          {
            name: 'payments',
            role: 'developer',
            clusters: ['prod-eu'],
            namespaces: ['payments'],
            policyArns: ['arn:aws:iam::*:policy/payments/*'],
            to: [{ jwt: { issuer: 'staff', claims: { groups: 'Team Payments' } } }],
          },
        ],
        auditLogDays: 731,
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

/**
 * The settings that the operators of a deployment choose. docs/settings.md and infra/settings/settings.schema.json are made from
 * what is said of each here.
 */
const anySettings = z.strictObject({
  name: deploymentName.default('WorkloadIdentity').meta({
    description:
      'The name of the deployment. It is the name of its stack, and the names of its resources begin with it. [Two deployments](deploy.md#accounts-and-regions) in one account and region need two names. Choose it before the first deployment: another name is another deployment.',
    examples: ['WorkloadIdentityStaging'],
  }),
  secretPrefix: textOf('one name of letters, digits and _+=.@-, without slashes', /^[A-Za-z0-9_+=.@-]+$/).meta({
    description: 'The first part of the names of all secrets. The functions can read no other secrets.',
    examples: ['workload-identity'],
  }),
  rolePath: textOf('an IAM path with a slash at both ends', /^\/([\w+=,.@-]+\/)+$/).meta({
    description:
      "The IAM path of the workloads' roles. The roles of each cluster are in a path of their own below it, `ROLE_PATH/CLUSTER/`. The functions can change no other roles.",
    examples: ['/workload-identity/'],
  }),
  allowedPolicyArns: z.array(arnPattern).meta({
    description:
      'The managed policies that a workload may get. In China and GovCloud the ARNs begin with `arn:aws-cn:` and `arn:aws-us-gov:`: see [partitions](deploy.md#partitions).',
    examples: [['arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess', 'arn:aws:iam::*:policy/workload-identity/*']],
  }),
  inlinePolicyActions: z
    .array(actionPattern)
    .default([])
    .meta({
      description: 'The actions that an inline policy of a request may allow. With none there are no inline policies.',
      examples: [['s3:GetObject', 'sqs:*']],
    }),
  workloadActions: z
    .array(actionPattern)
    .min(1)
    .default([...defaultWorkloadActions])
    .meta({
      description:
        "The actions that a workload's role may have at most: the allow list of the [permissions boundary](permissions.md#workloads). The default reads, writes and calls what programs work with. Your list replaces it.",
      examples: [['s3:*', 'lambda:InvokeFunction']],
    }),
  assumableRoleArns: z
    .array(assumableRoleArn)
    .default([])
    .meta({
      description: 'The roles that a workload may assume. With none, a workload assumes no role.',
      examples: [['arn:aws:iam::111122223333:role/reports/*']],
    }),
  access: checkedAccess,
  accounts: memberSettings,
  kmsKeys: z
    .strictObject({
      secrets: keyArn.meta({ description: 'It encrypts the secrets that you have encrypted with it.' }),
      table: keyArn.meta({ description: 'It encrypts the record.' }),
      topic: keyArn.meta({ description: 'It encrypts the notifications.' }),
      logs: keyArn.meta({ description: 'It encrypts all logs.' }),
    })
    .default({})
    .meta({
      description:
        '[Your own KMS keys](deploy.md#your-own-keys). A key of AWS encrypts what has none here. They are keys of the region of the deployment.',
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
        'For how many days the logs of the functions, the workflows and the API are kept. The audit log has [days of its own](access.md#the-audit-log).',
      examples: [90],
    }),
  limits: z
    .strictObject({
      requestsPerSecond: z.int().min(1).max(10_000).default(50).meta({
        description:
          'Requests a second to each route, of all callers together. AWS takes it as a target, and no ceiling.',
      }),
      burst: z
        .int()
        .min(1)
        .max(5000)
        .default(100)
        .meta({ description: 'Requests at once to each route, of all callers together.' }),
      runningPerCaller: z
        .int()
        .min(1)
        .max(200)
        .default(20)
        .meta({ description: 'Operations of one caller that [run at once](api.md#operations).' }),
    })
    .default({ requestsPerSecond: 50, burst: 100, runningPerCaller: 20 })
    .meta({
      description:
        'How many requests the API takes, and how many operations each caller may have running. API Gateway answers `429` to [more requests](https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-throttling.html), and the API to more operations. All APIs of an account and region share a quota of requests besides. 20 operations with many workloads take at most 400 of the 1,000 [concurrent executions](deploy.md#quotas) that Lambda gives an account: so one caller leaves room for others.',
      examples: [{ requestsPerSecond: 200, burst: 400, runningPerCaller: 50 }],
    }),
  tags: tagSettings,
  removalPolicy: z
    .enum(['retain', 'destroy'])
    .default('retain')
    .meta({
      description:
        '[What remains](deploy.md#5-remove-the-deployment) of the record, its copies, the logs and the files of the portal when the stack is deleted. `destroy` is for trials. The host of issuers remains in any case.',
      examples: ['destroy'],
    }),
  webhookTimeoutSeconds: z
    .int()
    .min(30)
    .max(3600)
    .meta({
      description: 'How long the webhook may take to become ready, with its certificate, in seconds.',
      examples: [600],
    }),
  rotationSchedule: schedule.default('rate(6 hours)').meta({
    description:
      'When [rotations](on-call.md#rotation) run, in UTC: every six days at least, since [an alarm](on-call.md#a-rotation-was-missed) on missed ones looks back for seven. With `off` none runs, and nothing that a rotation renews is renewed.',
    examples: ['cron(0 3 * * ? *)'],
  }),
  driftSchedule: schedule.default('rate(1 day)').meta({
    description:
      'When each cluster is [compared](on-call.md#plan-and-drift) with what was asked for, in UTC, every six days at least, as rotations. Subscribers are [notified](deploy.md#4-subscribe-to-notifications) of differences, with their severity. Comparing changes nothing and holds no cluster. It [costs](deploy.md#what-it-costs) some cents for each cluster in a month. With `off` a drift runs only when somebody asks for it.',
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
        'For how many days operations are kept after their end. Some things [do not expire](api.md#operations).',
      examples: [{ looks: 30, changes: 730 }],
    }),
  notifications: z
    .strictObject({
      emails: z
        .array(z.email({ error: 'is not an address of e-mail such as platform@example.com' }))
        .default([])
        .meta({ description: 'Addresses of e-mail. SNS asks each of them to confirm.' }),
      eventBus: textOf(
        'the name of an event bus, without its ARN: 1 to 256 letters, digits and ._-',
        /^[A-Za-z0-9._-]{1,256}$/,
      )
        .optional()
        .meta({
          description:
            'An [event bus](deploy.md#4-subscribe-to-notifications) of the account and region, which gets each notification as an event. `default` is the one that every account has.',
        }),
      slack: z
        .strictObject({
          workspaceId: textOf('the ID of a workspace such as T0123ABCD', /^[TE][A-Z0-9]{7,20}$/).meta({
            description: 'The console of Amazon Q Developer in chat applications shows it.',
          }),
          channelId: textOf('the ID of a channel such as C0123ABCD', /^[CG][A-Z0-9]{7,20}$/).meta({
            description: 'The end of the link that Slack copies from the name of the channel.',
          }),
        })
        .optional()
        .meta({
          description:
            'A channel of Slack, which shows each notification. The account has to be [authorized in the workspace](deploy.md#4-subscribe-to-notifications) before. Each deployment of an account needs a channel of its own, for which Amazon Q Developer in chat applications is not configured for it yet.',
          examples: [{ workspaceId: 'T0123ABCD', channelId: 'C0123ABCD' }],
        }),
    })
    .default({ emails: [] })
    .meta({
      description: 'Who gets [the notifications](deploy.md#4-subscribe-to-notifications).',
      examples: [{ emails: ['platform@example.com'], eventBus: 'default' }],
    }),
  network: z
    .strictObject({
      subnetIds: z.array(idOf('subnet')).meta({
        description:
          "They need a route to AWS's APIs and to the internet, such as a NAT gateway, or to `proxy`. Empty: the functions [leave the network](private-api-servers.md#leave-the-vpc).",
      }),
      securityGroupIds: z.array(idOf('sg')).meta({
        description: 'The security groups of the functions. Empty where `subnetIds` is.',
      }),
      proxy: egressProxySettings.meta({
        description:
          'The [proxy](private-api-servers.md#through-a-proxy-for-all-outgoing-connections) through which these functions reach everything outside. Left out, they need a route to it.',
      }),
    })
    .check(({ value, issues }) => {
      const { subnetIds, securityGroupIds, proxy } = value
      const mistake = (path: string, message: string) =>
        issues.push({ code: 'custom', input: value, path: [path], message })
      if (subnetIds.length > 0 && securityGroupIds.length === 0)
        mistake('securityGroupIds', 'is empty: name a security group of the functions')
      if (subnetIds.length === 0 && securityGroupIds.length > 0)
        mistake('securityGroupIds', 'is set without subnets: empty it, too')
      if (subnetIds.length === 0 && proxy) mistake('proxy', 'is set without subnets: leave it out')
    })
    .optional()
    .meta({
      description:
        'The network of the functions that talk to clusters. It is needed when API servers, or the proxies before them, have private addresses. Leave it out otherwise.',
      examples: [{ subnetIds: ['subnet-0aa11bb22cc33dd44'], securityGroupIds: ['sg-0123456789abcdef0'] }],
    }),
})

/** The same, with what one setting leaves for another. */
export const deploymentSettings = anySettings.check(({ value, issues }) => {
  const { access, portal } = value
  if (!portal || Object.hasOwn(access.issuers, portal.issuer)) return
  const message = 'is no name in access.issuers: add the issuer, or correct the name'
  issues.push({ code: 'custom', input: portal, path: ['portal', 'issuer'], message })
})

export type DeploymentSettings = z.output<typeof deploymentSettings>

/** The settings as JSON Schema (draft 2020-12), as a file has them: without what has a default. */
export function settingsJsonSchema(): z.core.JSONSchema.BaseSchema {
  return z.toJSONSchema(anySettings, { io: 'input', target: 'draft-2020-12' })
}

/** What a message about settings names, and what is known of the deployment. */
export interface GivenIn {
  /** The file that has the settings. */
  readonly file: string
  /** Region of the stack, when it is known. */
  readonly region: string | undefined
}

/**
 * The settings, once they are right.
 *
 * @throws {WrongSettings} when a setting is missing or wrong; the message has a line for each mistake
 */
export function checkedSettings(given: unknown, { file, region }: GivenIn): DeploymentSettings {
  const { data, error } = deploymentSettings.safeParse(given, forSettings)
  const mistakes = data ? placeMistakes(data, region) : mistakesOf(error)
  if (data && mistakes.length === 0) return data
  const title = `Correct the settings in ${file} (docs/settings.md says what each takes):`
  throw new WrongSettings([title, ...mistakes.map(lineOf)].join('\n'))
}
