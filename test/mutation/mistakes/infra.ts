import type { Mistake } from '../mistake.ts'

const stack = [
  'infra/stack.test.ts',
  'infra/deployments-apart.test.ts',
  'infra/nag.test.ts',
  'escalations/removals.test.ts',
]

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
    name: 'lets a provider be changed that has no tag of ours',
    file: 'infra/permissions.ts',
    find: 'tagged: { StringEquals: tagged },',
    put: 'tagged: {},',
    tests: stack,
  },
  {
    name: 'lets something be tagged as of another deployment',
    file: 'infra/permissions.ts',
    find: '{ StringEquals: tagging, StringEqualsIfExists: tagged, ...onlyOurTags }',
    put: '{ StringEqualsIfExists: tagged, ...onlyOurTags }',
    tests: stack,
  },
  {
    name: 'lets something of another deployment be tagged',
    file: 'infra/permissions.ts',
    find: '{ StringEquals: tagging, StringEqualsIfExists: tagged, ...onlyOurTags }',
    put: '{ StringEquals: tagging, ...onlyOurTags }',
    tests: stack,
  },
  {
    name: 'lets any tag be set',
    file: 'infra/permissions.ts',
    find: 'StringEqualsIfExists: tagged, ...onlyOurTags }',
    put: 'StringEqualsIfExists: tagged }',
    tests: stack,
  },
  {
    name: 'lets any tag be taken away',
    file: 'infra/permissions.ts',
    find: 'untagging: { StringEquals: tagged, ...onlyOurTags }',
    put: 'untagging: { StringEquals: tagged }',
    tests: stack,
  },
  {
    name: 'lets a role be made without a boundary',
    file: 'infra/permissions.ts',
    find: 'creating: { StringEquals: { ...tagging, ...boundary } }',
    put: 'creating: { StringEquals: tagging }',
    tests: stack,
  },
  {
    name: 'lets a role without a boundary be changed',
    file: 'infra/permissions.ts',
    find: 'StringEquals: { ...tagged, ...boundary } }\n',
    put: 'StringEquals: { ...tagged } }\n',
    tests: stack,
  },
  {
    name: 'lets any policy be attached',
    file: 'infra/permissions.ts',
    find: "{ ...bounded, ArnLike: { 'iam:PolicyARN': allowedPolicyArns } }",
    put: '{ ...bounded, ...(allowedPolicyArns === undefined && {}) }',
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
