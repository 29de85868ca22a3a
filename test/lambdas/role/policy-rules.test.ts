import { describe, expect, test } from 'vitest'
import type { Deployment } from '../../../lambdas/spec/deployment.ts'
import { memberAccount } from '../../../sandbox/account.ts'
import { expectFine, expectIssue, expectRefused } from '../../support/api/expect-fault.ts'
import { deployment, issuesOf } from '../../support/api/requests.ts'

const arns = 'workloads.0.role.policyArns'
const first = 'workloads[0].role.policyArns[0]'
const inline = 'workloads.0.role.inlinePolicy'
const inlinePath = 'workloads[0].role.inlinePolicy'

describe('managed policies', () => {
  test.each([
    'AmazonS3ReadOnlyAccess',
    'arn:aws:iam::aws:role/Reader',
    'arn:aws:iam::aws:policy/',
    'arn:aws:iam:eu-west-1:aws:policy/AmazonS3ReadOnlyAccess',
    'arn:aws:iam::12345:policy/Reader',
    'arn:aws:iam::aws:policy/AmazonS3*',
    '',
  ])('%j is a malformed ARN and is refused', (arn) => {
    expectIssue({ [arns]: [arn] }, first, /is not the ARN of a managed policy/)
  })

  test('a value that is not an ARN is not repeated in the message', () => {
    expect(JSON.stringify(issuesOf('setup', { [arns]: ['c2VjcmV0LXZhbHVl'] }))).not.toContain('c2VjcmV0LXZhbHVl')
  })

  test('of another partition is refused', () => {
    expectIssue(
      { [arns]: ['arn:aws-cn:iam::aws:policy/AmazonS3ReadOnlyAccess'] },
      first,
      /of partition aws-cn.*made in aws/,
    )
  })

  test('of an unknown account is refused', () => {
    expectIssue({ [arns]: ['arn:aws:iam::111122223333:policy/workloads/x'] }, first, /of account 111122223333/)
  })

  test('must be in the account of the role', () => {
    const where = { ...deployment, allowedPolicyArns: ['arn:aws:iam::*:policy/workloads/*'] }
    const [own, there] = [deployment.accountId, memberAccount.id].map((id) => `arn:aws:iam::${id}:policy/workloads/x`)
    const messages = (arn: string | undefined, account?: string) =>
      issuesOf('existing-cluster', { [arns]: [arn], 'cluster.awsAccountId': account }, where).map((one) => one.message)
    expect([messages(own), messages(there, memberAccount.id)]).toEqual([[], []])
    expect(messages(there)).toEqual([expect.stringContaining(`the role's account, ${deployment.accountId}`)])
    expect(messages(own, memberAccount.id)).toEqual([
      expect.stringContaining(`the role's account, ${memberAccount.id}`),
    ])
  })

  test('that the deployment does not allow is refused, and the message names it and the allowed ones', () => {
    expectIssue(
      { [arns]: ['arn:aws:iam::aws:policy/AdministratorAccess'] },
      first,
      /AdministratorAccess is not a policy that this deployment allows: use one of arn:aws:iam::aws:policy\/AmazonS3\*, arn/,
    )
  })

  test('are refused by a deployment that allows none', () => {
    const [issue] = issuesOf('setup', {}, { ...deployment, allowedPolicyArns: [] })
    expect(issue).toMatchObject({ path: first, message: expect.stringContaining('use one of (none is allowed), or') })
  })

  test('match the allowed ARNs, in which only wildcards are special characters', () => {
    expectFine({ [arns]: ['arn:aws:iam::000000000000:policy/workloads/reports/reader'] })
    const dotted = { ...deployment, allowedPolicyArns: ['arn:aws:iam::aws:policy/A.B'] }
    expect(issuesOf('setup', { [arns]: ['arn:aws:iam::aws:policy/AxB'] }, dotted)).toHaveLength(1)
    expect(issuesOf('setup', { [arns]: ['arn:aws:iam::aws:policy/A.B'] }, dotted)).toEqual([])
  })

  test('more than 10 are refused, and each is checked', () => {
    const eleven = Array.from({ length: 11 }, (_, index) => `arn:aws:iam::aws:policy/AmazonS3Policy${index}`)
    expectFine({ [arns]: eleven.slice(1) })
    expectRefused(arns, eleven, /has 11 policies, and IAM attaches 10/)
    expect(issuesOf('setup', { [arns]: [...eleven, 'x'] }).map(({ path }) => path)).toEqual([
      'workloads[0].role.policyArns',
      'workloads[0].role.policyArns[11]',
    ])
  })

  test('the same policy twice counts once', () => {
    expectFine({ [arns]: Array.from({ length: 11 }, () => 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess') })
  })

  test('are required unless the list is explicitly empty', () => {
    expectIssue({ [arns]: undefined }, 'workloads[0].role', /has no policy: give policyArns, inlinePolicy or both/)
    expectFine({ [arns]: [] })
    const statement = { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }
    expectFine({ [arns]: undefined, [inline]: { Version: '2012-10-17', Statement: statement } })
  })
})

describe('the actions of an inline policy', () => {
  const withActions = (...inlinePolicyActions: string[]) => ({ ...deployment, inlinePolicyActions })
  const issues = (statement: object, where: Deployment) =>
    issuesOf('setup', { [inline]: { Version: '2012-10-17', Statement: { Resource: '*', ...statement } } }, where)
  const allow = (Action: string | string[]) => ({ Effect: 'Allow', Action })

  test('are refused with one issue by a deployment that allows none', () => {
    for (const action of ['*', '*:*', 's3:GetObject']) {
      const [issue, ...others] = issues(allow(action), withActions())
      expect(issue).toMatchObject({ path: inlinePath, message: expect.stringContaining('has no inlinePolicyActions') })
      expect(others).toEqual([])
    }
  })

  test.each(['s3:GetObject', 's3:getobject', 's3:Get*', 's3:Get?bject', 'S3:GetObject'])('%s is allowed', (action) => {
    expect(issues(allow(action), withActions('sqs:*', 's3:Get*'))).toEqual([])
    expect(issues(allow([action]), withActions('*'))).toEqual([])
  })

  test.each(['*', 's3:*', 's3:PutObject', 's3:?etObject', 'sqs:GetQueueUrl', 's3:G*', 'xs3:GetObject'])(
    '%s is refused, because it includes actions that are not allowed',
    (action) => {
      expect(issues(allow(['s3:GetObject', action]), withActions('s3:Get*'))).toMatchObject([
        {
          path: `${inlinePath}.Statement.Action[1]`,
          message: expect.stringContaining('this deployment allows s3:Get*'),
        },
      ])
    },
  )

  test('have a path without an index if they are not a list', () => {
    expect(issues(allow('s3:PutObject'), withActions('s3:Get*'))).toMatchObject([
      { path: `${inlinePath}.Statement.Action` },
    ])
  })

  test('in NotAction are refused in a statement that allows, unless all actions are allowed', () => {
    const others = { NotAction: 's3:GetObject' }
    expect(issues({ Effect: 'Allow', ...others }, withActions('s3:Get*'))).toMatchObject([
      { path: `${inlinePath}.Statement.NotAction` },
    ])
    expect(issues({ Effect: 'Allow', ...others }, withActions('*'))).toEqual([])
    expect(issues({ Effect: 'Deny', ...others }, withActions('s3:Get*'))).toEqual([])
    expect(issues({ Effect: 'Deny', Action: '*' }, withActions('s3:Get*'))).toEqual([])
  })
})

describe('an inline policy', () => {
  const statement = { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::bucket/*' }
  const policy = (statements: unknown) => ({ Version: '2012-10-17', Statement: statements })

  test.each([
    ['one statement', policy(statement)],
    ['a list of statements', policy([statement, { ...statement, Effect: 'Deny' }])],
    [
      'lists of actions and resources',
      policy([{ Effect: 'Allow', Action: ['s3:Get*', 's3:ListBucket'], Resource: ['*'] }]),
    ],
    ['NotAction and NotResource', policy([{ Effect: 'Deny', NotAction: 's3:*', NotResource: 'arn:aws:s3:::a' }])],
    [
      'conditions',
      policy([
        {
          ...statement,
          Sid: 'Read',
          Condition: { Bool: { 'aws:SecureTransport': true }, IpAddress: { 'aws:SourceIp': ['10.0.0.0/8'] } },
        },
      ]),
    ],
    [
      'a resource of any partition whose name looks like one of another',
      policy({ ...statement, Resource: 'arn:*:s3:::bucket/arn:aws-cn:s3:::b' }),
    ],
  ])('with %s is accepted', (_what, value) => expectFine({ [inline]: value }))

  test.each<[string, unknown, string, RegExp]>([
    ['that is empty', {}, '.Version', /is missing: give one of 2012-10-17/],
    [
      'of an unknown version',
      { ...policy(statement), Version: '2015-01-01' },
      '.Version',
      /"2015-01-01" is not a choice/,
    ],
    ['with an unknown field', { ...policy(statement), Statements: [] }, '.Statements', /did you mean "Statement"\?/],
    ['without statements', policy([]), '.Statement', /is an empty list: give at least one/],
    ['without actions', policy([{ ...statement, Action: [] }]), '.Statement[0].Action', /is an empty list/],
    ['with null among its statements', policy([statement, null]), '.Statement[1]', /is null: give an object/],
    ['whose statement is a text', policy('allow all'), '.Statement', /is a text: give an object/],
    [
      'without an effect',
      policy({ ...statement, Effect: undefined }),
      '.Statement.Effect',
      /is missing: give one of Allow, Deny/,
    ],
    [
      'with an unknown effect',
      policy([{ ...statement, Effect: 'allow' }]),
      '.Statement[0].Effect',
      /did you mean "Allow"\?/,
    ],
    [
      'with neither Action nor NotAction',
      policy([{ Effect: 'Allow', Resource: '*' }]),
      '.Statement[0]',
      /neither Action nor NotAction/,
    ],
    ['with both of them', policy([{ ...statement, NotAction: '*' }]), '.Statement[0]', /both Action and NotAction/],
    [
      'without a resource',
      policy([{ Effect: 'Allow', Action: '*' }]),
      '.Statement[0]',
      /neither Resource nor NotResource/,
    ],
    [
      'with a principal',
      policy([{ ...statement, Principal: '*' }]),
      '.Statement[0].Principal',
      /does not belong into the policy of a role/,
    ],
    [
      'with an invalid action',
      policy([{ ...statement, Action: ['GetObject'] }]),
      '.Statement[0].Action[0]',
      /"GetObject" is not an action/,
    ],
    [
      'with an invalid resource',
      policy({ ...statement, Resource: 'bucket' }),
      '.Statement.Resource',
      /"bucket" is not a resource/,
    ],
    [
      'with a resource of another partition',
      policy({ ...statement, Resource: 'arn:aws-cn:s3:::b' }),
      '.Statement.Resource',
      /of partition aws-cn/,
    ],
    [
      'with an invalid condition',
      policy({ ...statement, Condition: { Bool: { x: { y: 1 } } } }),
      '.Statement.Condition.Bool.x',
      /neither a text, a number/,
    ],
    [
      'with characters beyond Latin-1',
      policy({ ...statement, Condition: { StringLike: { x: '漢' } } }),
      '',
      /beyond Latin-1/,
    ],
    [
      'with a statement ID that has other characters',
      policy({ ...statement, Sid: 'a b' }),
      '.Statement.Sid',
      /"a b" is not a statement ID/,
    ],
  ])('%s is refused', (_what, value, path, words) => {
    const issues = issuesOf('setup', { [inline]: JSON.parse(JSON.stringify(value)) })
    expect(issues).toContainEqual(
      expect.objectContaining({ path: `${inlinePath}${path}`, message: expect.stringMatching(words) }),
    )
  })

  test('with an unknown element is refused with a suggestion that is never Principal', () => {
    const [fault] = issuesOf('setup', { [inline]: policy({ ...statement, Actions: [] }) })
    expect(fault?.message).toMatch(/did you mean "Action"\?/)
    expect(fault?.message).not.toContain('Principal')
  })

  test('of more than 10,240 characters is refused, white space not counted', () => {
    const resources = Array.from({ length: 300 }, (_, index) => `arn:aws:s3:::bucket-with-a-long-name-${index}`)
    expectRefused(inline, policy({ ...statement, Resource: resources }), /and IAM takes 10,240/)
    expectFine({ [inline]: policy({ ...statement, Condition: { StringLike: { x: ' '.repeat(11_000) } } }) })
    const ofSize = (size: number) => {
      const withText = (x: string) => policy({ ...statement, Condition: { StringLike: { x } } })
      return withText('x'.repeat(size - JSON.stringify(withText('')).length))
    }
    expectFine({ [inline]: ofSize(10_240) })
    expectRefused(inline, ofSize(10_241), /has 10241 characters, and IAM takes 10,240/)
  })

  test('that is a text or a list is refused by its type', () => {
    expectRefused(inline, JSON.stringify(policy(statement)), /is a text: give an object/)
    expectRefused(inline, [statement], /is a list: give an object/)
  })
})

test.each([3599, 43_201, 3600.5, 0, -1])('maxSessionSeconds of %d is out of range and refused', (seconds) => {
  expectRefused('workloads.0.role.maxSessionSeconds', seconds, /use a whole number from 3600 to 43200/)
})
