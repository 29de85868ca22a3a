import * as z from 'zod'

const arnPattern = z
  .string()
  .regex(/^arn:[a-z*-]+:iam::(aws|\d{12}|\*):policy\/.+$/, 'a policy ARN; `*` stands for any characters')

/** Without `?`: `*` alone keeps the comparison of two patterns simple. */
const actionPattern = z
  .string()
  .regex(/^(\*|[a-z0-9-]+:[A-Za-z0-9*]+)$/, 'an IAM action such as s3:GetObject; `*` stands for any characters')

/** ID of an EC2 resource: `subnet-` or `sg-`, and 8 or 17 hexadecimal digits. */
const idOf = (kind: 'subnet' | 'sg') =>
  z.string().regex(new RegExp(`^${kind}-([0-9a-f]{8}|[0-9a-f]{17})$`), `an ID such as ${kind}-0a1b2c3d`)

/** The settings that the operators of a deployment choose: the context `workload-identity` of cdk.json. */
export const deploymentSettings = z.strictObject({
  secretPrefix: z.string().regex(/^[A-Za-z0-9_+=.@-]+$/, 'one name without slashes'),
  rolePath: z.string().regex(/^\/([\w+=,.@-]+\/)+$/, 'an IAM path with a slash at both ends'),
  allowedPolicyArns: z.array(arnPattern),
  inlinePolicyActions: z.array(actionPattern).default([]),
  authorizer: z.union([z.literal('iam'), z.strictObject({ issuer: z.url(), audience: z.array(z.string()).min(1) })]),
  webhookTimeoutSeconds: z.int().min(30).max(3600),
  rotationSchedule: z
    .string()
    .regex(
      /^(off|(rate|cron)\([^()]+\))$/,
      'is neither an expression such as rate(6 hours) or cron(0 3 * * ? *), nor off',
    )
    .default('rate(6 hours)'),
  network: z.optional(
    z.strictObject({ subnetIds: z.array(idOf('subnet')).min(1), securityGroupIds: z.array(idOf('sg')).min(1) }),
  ),
})
