import type { Mistake } from '../mistake.ts'

const stack = ['infra/stack.test.ts', 'infra/deployments-apart.test.ts', 'infra/nag.test.ts']

/** In what is synthesized. */
export const infra: readonly Mistake[] = [
  {
    name: 'lets the API be called without limit',
    file: 'infra/stack.ts',
    find: '      throttle: { rateLimit: 50, burstLimit: 100 },\n',
    put: '',
    tests: stack,
  },
  {
    name: 'takes calls from anybody',
    file: 'infra/stack.ts',
    find: '      defaultAuthorizer: new HttpIamAuthorizer(),\n',
    put: '',
    tests: stack,
  },
  {
    name: 'does not hear of executions that time out',
    file: 'infra/stack.ts',
    find: "'TIMED_OUT', ",
    put: '',
    tests: stack,
  },
  {
    name: 'lets a role be changed that has no tag of ours',
    file: 'infra/permissions.ts',
    find: '    tagged: { StringEquals: { [`aws:ResourceTag/${tagKeys.deployment}`]: resources.deployment } },\n',
    put: '    tagged: {},\n',
    tests: stack,
  },
  {
    name: 'lets something be tagged as of another deployment',
    file: 'infra/permissions.ts',
    find: '      StringEquals: { [`aws:RequestTag/${tagKeys.deployment}`]: resources.deployment },\n',
    put: '',
    tests: stack,
  },
  {
    name: 'lets something of another deployment be tagged',
    file: 'infra/permissions.ts',
    find: '      StringEqualsIfExists: { [`aws:ResourceTag/${tagKeys.deployment}`]: resources.deployment },\n',
    put: '',
    tests: stack,
  },
  {
    name: 'lets any tag be set',
    file: 'infra/permissions.ts',
    find: "      'ForAllValues:StringEquals': { 'aws:TagKeys': Object.values(tagKeys) },\n",
    put: '',
    tests: stack,
  },
  {
    name: 'lets a role without a boundary be changed',
    file: 'infra/permissions.ts',
    find: "  const bounded = { StringEquals: { 'iam:PermissionsBoundary': resources.permissionsBoundaryArn } }\n",
    put: '  const bounded = {}\n',
    tests: stack,
  },
  {
    name: 'lets any policy be attached',
    file: 'infra/permissions.ts',
    find: "{ ...bounded, ArnLike: { 'iam:PolicyARN': resources.allowedPolicyArns } }",
    put: '{ ...bounded }',
    tests: stack,
  },
  {
    name: 'lets roles of any path be changed',
    file: 'infra/permissions.ts',
    find: "'workload roles': `${account}:role${rolePath}*`",
    put: "'workload roles': `${account}:role${rolePath === '' ? '' : '/'}*`",
    tests: stack,
  },
  {
    name: 'lets inline policies be written though the configuration allows none',
    file: 'infra/permissions.ts',
    find: "actions.filter((action) => !(withoutInline && action === 'iam:PutRolePolicy'))",
    put: "actions.filter((action) => !(withoutInline && action === 'iam:none'))",
    tests: stack,
  },
  {
    name: 'lets secrets of everything be read',
    file: 'infra/permissions.ts',
    find: 'readSecret(resources, `${resources.secretPrefix}/*/*`)',
    put: 'readSecret(resources, `${resources.secretPrefix}*`)',
    tests: stack,
  },
  {
    name: 'lets the schedule start anything for other schedules of the account',
    file: 'infra/rotation-schedule.ts',
    find: "'aws:SourceAccount': account, 'aws:SourceArn': group",
    put: "'aws:SourceAccount': account, ...(group === '' && { 'aws:SourceArn': group })",
    tests: stack,
  },
  {
    name: 'loses a call of the schedule that failed',
    file: 'infra/rotation-schedule.ts',
    find: '        deadLetterConfig: { arn: this.deadLetters.queueArn },\n',
    put: '',
    tests: stack,
  },
]
