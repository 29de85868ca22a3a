import {
  AddClientIDToOpenIDConnectProviderCommand,
  AttachRolePolicyCommand,
  CreateOpenIDConnectProviderCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  DeleteOpenIDConnectProviderCommand,
  DeleteRoleCommand,
  GetOpenIDConnectProviderCommand,
  GetPolicyCommand,
  GetRoleCommand,
  type IAMClient,
  ListOpenIDConnectProviderTagsCommand,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
  RemoveClientIDFromOpenIDConnectProviderCommand,
  TagOpenIDConnectProviderCommand,
  TagRoleCommand,
  UntagOpenIDConnectProviderCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateOpenIDConnectProviderThumbprintCommand,
  UpdateRoleCommand,
} from '@aws-sdk/client-iam'
import { describe, expect, test } from 'vitest'
import { bothForTests } from './support/both.ts'
import { query } from './support/query.ts'
import { allowed, arn, createRole, rootOf, trust, userOf } from './support/users.ts'

const anything = JSON.stringify({ Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } })
const thumbprint = 'ab'.repeat(20)

const both = bothForTests()
let count = 0

async function createProvider(server: { endpoint: string }, more: object = {}): Promise<string> {
  count += 1
  const { OpenIDConnectProviderArn } = await rootOf(server).send(
    new CreateOpenIDConnectProviderCommand({
      Url: `https://issuer.example/${count}`,
      ClientIDList: ['sts.amazonaws.com'],
      ThumbprintList: [thumbprint],
      ...more,
    }),
  )
  return OpenIDConnectProviderArn ?? ''
}

describe('IAM policy evaluation', () => {
  test('uses the complete ARN of a role, including the path, before and after it exists', async () => {
    const attempts = async (server: { endpoint: string }) => {
      const user = await userOf(server, { Action: 'iam:*', Resource: arn('role/team/*') })
      count += 1
      const inPath = { RoleName: `new-${count}`, Path: '/team/', AssumeRolePolicyDocument: trust }
      const RoleName = await createRole(server)
      return [
        await allowed(user.send(new CreateRoleCommand(inPath))),
        await allowed(
          user.send(new CreateRoleCommand({ ...inPath, RoleName: `${inPath.RoleName}-2`, Path: '/other/' })),
        ),
        await allowed(user.send(new GetRoleCommand({ RoleName }))),
      ]
    }
    expect(await attempts(both.plain)).toEqual([false, false, false])
    expect(await attempts(both.patched)).toEqual([true, false, true])
  })

  test('uses the ARN of a provider, before and after it exists', async () => {
    const attempts = async (server: { endpoint: string }) => {
      const user = await userOf(server, { Action: 'iam:*', Resource: arn('oidc-provider/issuer.example/*') })
      const OpenIDConnectProviderArn = await createProvider(server)
      count += 1
      return [
        await allowed(user.send(new CreateOpenIDConnectProviderCommand({ Url: `https://issuer.example/${count}` }))),
        await allowed(user.send(new CreateOpenIDConnectProviderCommand({ Url: `https://other.example/${count}` }))),
        await allowed(user.send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn }))),
      ]
    }
    expect(await attempts(both.plain)).toEqual([false, false, false])
    expect(await attempts(both.patched)).toEqual([true, false, true])
  })

  test('takes iam:PermissionsBoundary from the request, or from the role that it changes', async () => {
    const attempts = async (server: { endpoint: string }) => {
      const root = rootOf(server)
      for (const PolicyName of ['edge', 'cliff']) {
        await root.send(new CreatePolicyCommand({ PolicyName, PolicyDocument: anything })).catch(() => {})
      }
      const user = await userOf(server, {
        Action: 'iam:*',
        Resource: '*',
        Condition: { StringEquals: { 'iam:PermissionsBoundary': arn('policy/edge') } },
      })
      const bounded = await createRole(server, { PermissionsBoundary: arn('policy/edge') })
      const unbounded = await createRole(server)
      const put = (RoleName: string) =>
        new PutRolePolicyCommand({ RoleName, PolicyName: 'p', PolicyDocument: anything })
      const bind = (policy: string) =>
        new PutRolePermissionsBoundaryCommand({ RoleName: unbounded, PermissionsBoundary: arn(`policy/${policy}`) })
      return [
        await allowed(user.send(put(bounded))),
        await allowed(user.send(put(unbounded))),
        await allowed(user.send(bind('cliff'))),
        await allowed(user.send(bind('edge'))),
      ]
    }
    expect(await attempts(both.plain)).toEqual([false, false, false, false])
    expect(await attempts(both.patched)).toEqual([true, false, false, true])
  })

  test('takes the attached policy as iam:PolicyARN', async () => {
    const attempts = async (server: { endpoint: string }) => {
      const RoleName = await createRole(server)
      const user = await userOf(server, {
        Action: 'iam:AttachRolePolicy',
        Resource: '*',
        Condition: { ArnLike: { 'iam:PolicyARN': 'arn:aws:iam::aws:policy/AmazonS3*' } },
      })
      const attach = (policy: string) =>
        user.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: `arn:aws:iam::aws:policy/${policy}` }))
      return [await allowed(attach('AmazonS3ReadOnlyAccess')), await allowed(attach('AdministratorAccess'))]
    }
    expect(await attempts(both.plain)).toEqual([false, false])
    expect(await attempts(both.patched)).toEqual([true, false])
  })

  test('has aws:ResourceTag for a role with a path, and for a provider', async () => {
    const attempts = async (server: { endpoint: string }) => {
      const Tags = [{ Key: 'team', Value: 'blue' }]
      const RoleName = await createRole(server, { Tags })
      const OpenIDConnectProviderArn = await createProvider(server, { Tags })
      const untagged = await createProvider(server)
      const user = await userOf(server, {
        Action: 'iam:*',
        Resource: '*',
        Condition: { StringEquals: { 'aws:ResourceTag/team': 'blue' } },
      })
      return [
        await allowed(user.send(new UpdateRoleCommand({ RoleName, Description: 'new' }))),
        await allowed(user.send(new DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn }))),
        await allowed(user.send(new DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: untagged }))),
      ]
    }
    expect(await attempts(both.plain)).toEqual([false, false, false])
    expect(await attempts(both.patched)).toEqual([true, true, false])
  })

  test('names the resource in a denial', async () => {
    const message = async (server: { endpoint: string }) => {
      const user = await userOf(server, { Action: 'iam:ListRoles', Resource: '*' })
      const creating = user.send(
        new CreateRoleCommand({ RoleName: 'mine', Path: '/team/', AssumeRolePolicyDocument: trust }),
      )
      return creating.then(String, (error: Error) => error.message.replace(/user-\d+/, 'user'))
    }
    const start = `User: ${arn('user/user')} is not authorized to perform: iam:CreateRole`
    const end = 'because no identity-based policy allows the iam:CreateRole action'
    expect(await message(both.plain)).toBe(`${start} ${end}`)
    expect(await message(both.patched)).toBe(`${start} on resource: ${arn('role/team/mine')} ${end}`)
  })
})

describe('OIDC providers', () => {
  test('are returned with their thumbprints and without the scheme of their URL', async () => {
    const read = async (server: { endpoint: string }) =>
      rootOf(server).send(
        new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: await createProvider(server) }),
      )
    expect((await read(both.plain)).Url).toMatch(/^https:/)
    const provider = await read(both.patched)
    expect(provider.ThumbprintList).toEqual([thumbprint])
    expect(provider.Url).toMatch(/^issuer\.example\/\d+$/)
    expect(provider.ClientIDList).toEqual(['sts.amazonaws.com'])
  })

  test('can be changed: thumbprints, client IDs, tags', async () => {
    const others = ['cd'.repeat(20), 'ef'.repeat(20)]
    const change = async (server: { endpoint: string }) => {
      const iam = rootOf(server)
      const OpenIDConnectProviderArn = await createProvider(server, { Tags: [{ Key: 'a', Value: '1' }] })
      const of = { OpenIDConnectProviderArn }
      await iam.send(new UpdateOpenIDConnectProviderThumbprintCommand({ ...of, ThumbprintList: others }))
      await iam.send(new AddClientIDToOpenIDConnectProviderCommand({ ...of, ClientID: 'vault' }))
      await iam.send(new AddClientIDToOpenIDConnectProviderCommand({ ...of, ClientID: 'vault' }))
      await iam.send(new RemoveClientIDFromOpenIDConnectProviderCommand({ ...of, ClientID: 'sts.amazonaws.com' }))
      await iam.send(new TagOpenIDConnectProviderCommand({ ...of, Tags: [{ Key: 'b', Value: '2' }] }))
      await iam.send(new UntagOpenIDConnectProviderCommand({ ...of, TagKeys: ['a'] }))
      const [provider, { Tags }] = await Promise.all([
        iam.send(new GetOpenIDConnectProviderCommand(of)),
        iam.send(new ListOpenIDConnectProviderTagsCommand(of)),
      ])
      return { thumbprints: provider.ThumbprintList, clients: provider.ClientIDList, tags: provider.Tags, listed: Tags }
    }
    await expect(change(both.plain)).rejects.toMatchObject({ name: 'InvalidAction' })
    const tags = [{ Key: 'b', Value: '2' }]
    expect(await change(both.patched)).toEqual({ thumbprints: others, clients: ['vault'], tags, listed: tags })
  })

  test('are named in the error when they do not exist', async () => {
    const OpenIDConnectProviderArn = arn('oidc-provider/absent')
    await expect(
      rootOf(both.patched).send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn })),
    ).rejects.toMatchObject({
      name: 'NoSuchEntityException',
      message: `OpenIDConnect Provider not found for arn ${OpenIDConnectProviderArn}`,
    })
  })

  test.each([
    ['six thumbprints', { ThumbprintList: Array(6).fill(thumbprint) }],
    ['a thumbprint of 39 digits', { ThumbprintList: [thumbprint.slice(1)] }],
    ['a URL with a port', { Url: 'https://issuer.example:8443/x' }],
    ['a URL without TLS', { Url: 'http://issuer.example/x' }],
    ['a URL of 256 characters', { Url: `https://issuer.example/${'x'.repeat(233)}` }],
    ['a client ID of 256 characters', { ClientIDList: ['x'.repeat(256)] }],
    ['a tag key of 129 characters', { Tags: [{ Key: 'x'.repeat(129), Value: '' }] }],
    ['a tag value of 257 characters', { Tags: [{ Key: 'x', Value: 'x'.repeat(257) }] }],
    ['a tag key twice', { Tags: [1, 2].map((value) => ({ Key: 'x', Value: String(value) })) }],
  ])('are refused with %s', async (_, more) => {
    await expect(createProvider(both.plain, more)).resolves.toBeDefined()
    await expect(createProvider(both.patched, more)).rejects.toThrow()
  })

  test('keep a slash at the end of their URL, in their ARN as well', async () => {
    const made = (server: { endpoint: string }) => createProvider(server, { Url: 'https://slash.example/' })
    expect(await made(both.plain)).toBe(arn('oidc-provider/slash.example'))
    expect(await made(both.patched)).toBe(arn('oidc-provider/slash.example/'))
  })

  test('can be deleted without an error when they do not exist', async () => {
    const deleting = (server: { endpoint: string }) =>
      rootOf(server).send(
        new DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn('oidc-provider/absent') }),
      )
    await expect(deleting(both.plain)).rejects.toMatchObject({ name: 'NoSuchEntityException' })
    await expect(deleting(both.patched)).resolves.toBeDefined()
  })

  test('have case-sensitive tag keys', async () => {
    const iam = rootOf(both.patched)
    const OpenIDConnectProviderArn = await createProvider(both.patched, { Tags: [{ Key: 'team', Value: '1' }] })
    await iam.send(
      new TagOpenIDConnectProviderCommand({ OpenIDConnectProviderArn, Tags: [{ Key: 'Team', Value: '2' }] }),
    )
    const { Tags } = await iam.send(new ListOpenIDConnectProviderTagsCommand({ OpenIDConnectProviderArn }))
    expect(Tags).toEqual([
      { Key: 'Team', Value: '2' },
      { Key: 'team', Value: '1' },
    ])
  })

  test('are not created twice, and an account has at most 100', async () => {
    await createProvider(both.patched, { Url: 'https://twice.example' })
    await expect(createProvider(both.patched, { Url: 'https://twice.example' })).rejects.toMatchObject({
      name: 'EntityAlreadyExistsException',
    })
    const fill = async (server: { endpoint: string }) => {
      for (let index = 0; index < 101; index += 1) await createProvider(server)
    }
    await expect(fill(both.plain)).resolves.toBeUndefined()
    await expect(fill(both.patched)).rejects.toMatchObject({
      name: 'LimitExceededException',
      message: 'Cannot exceed quota for OpenIdConnectProvidersPerAccount: 100',
    })
  })
})

describe('limits on roles', () => {
  const long = trust.replace('"Effect"', `"Sid":"${'x'.repeat(2048)}","Effect"`)
  const cases: [string, (iam: IAMClient, RoleName: string) => Promise<unknown>, object][] = [
    [
      'a name of 65 characters',
      (iam) => iam.send(new CreateRoleCommand({ RoleName: 'x'.repeat(65), AssumeRolePolicyDocument: trust })),
      { name: 'ValidationError' },
    ],
    [
      'a trust policy of more than 2,048 characters',
      (iam, RoleName) => iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: long })),
      { name: 'LimitExceededException', message: 'Cannot exceed quota for ACLSizePerRole: 2048' },
    ],
    [
      'a session of more than twelve hours',
      (iam, RoleName) => iam.send(new UpdateRoleCommand({ RoleName, MaxSessionDuration: 43_201 })),
      { name: 'ValidationError' },
    ],
    [
      'an eleventh policy',
      async (iam, RoleName) => {
        for (let index = 0; index < 11; index += 1) {
          const PolicyName = `${RoleName}-${index}`
          const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName, PolicyDocument: anything }))
          await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: Policy?.Arn }))
        }
      },
      { name: 'LimitExceededException', message: 'Cannot exceed quota for PoliciesPerRole: 10' },
    ],
    [
      'a missing policy',
      (iam, RoleName) => iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: arn('policy/absent') })),
      { name: 'NoSuchEntityException', message: `Policy ${arn('policy/absent')} does not exist or is not attachable.` },
    ],
    [
      'inline policies of more than 10,240 characters',
      (iam, RoleName) => {
        const Statement = { Sid: 'x'.repeat(10_240), Effect: 'Allow', Action: '*', Resource: '*' }
        const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
        return iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'large', PolicyDocument }))
      },
      { name: 'LimitExceededException' },
    ],
    [
      'a 51st tag',
      async (iam, RoleName) => {
        const Tags = Array.from({ length: 50 }, (_, index) => ({ Key: `key-${index}`, Value: '' }))
        await iam.send(new TagRoleCommand({ RoleName, Tags }))
        return iam.send(new TagRoleCommand({ RoleName, Tags: [{ Key: 'one more', Value: '' }] }))
      },
      { name: 'LimitExceededException', message: 'Cannot exceed quota for TagsPerRole: 50' },
    ],
    [
      'a tag with a star in it',
      (iam, RoleName) => iam.send(new TagRoleCommand({ RoleName, Tags: [{ Key: 'a*', Value: '' }] })),
      { name: 'ValidationError' },
    ],
    [
      'a name with a blank',
      (iam, RoleName) =>
        iam.send(new CreateRoleCommand({ RoleName: `${RoleName} b`, AssumeRolePolicyDocument: trust })),
      { name: 'ValidationError' },
    ],
    [
      'a path without slashes',
      (iam, RoleName) =>
        iam.send(new CreateRoleCommand({ RoleName: `${RoleName}-b`, Path: 'team', AssumeRolePolicyDocument: trust })),
      { name: 'ValidationError' },
    ],
    ...[
      ['that is no JSON', '{'],
      ['without a principal', anything],
      ['with a resource', trust.replace('"Effect"', '"Resource":"*","Effect"')],
      ['with a principal of an unknown kind', trust.replace('"AWS"', '"Web"')],
      [
        'with two statements of one Sid',
        trust.replace(/\{"Effect".*\}(?=\})/, (one) => {
          const named = one.replace('{', '{"Sid":"One",')
          return `[${named},${named}]`
        }),
      ],
    ].map<[string, (iam: IAMClient, RoleName: string) => Promise<unknown>, object]>(([what, PolicyDocument]) => [
      `a trust policy ${what}`,
      (iam, RoleName) => iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument })),
      { name: 'MalformedPolicyDocumentException' },
    ]),
  ]

  test.each(cases)('%s is refused', async (_, exceed, refusal) => {
    await expect(exceed(rootOf(both.plain), await createRole(both.plain))).resolves.not.toThrow()
    await expect(exceed(rootOf(both.patched), await createRole(both.patched))).rejects.toMatchObject(refusal)
  })

  test('only existing AWS managed policies can be attached', async () => {
    const attaching = async (server: { endpoint: string }, name: string) => {
      const RoleName = await createRole(server)
      return rootOf(server).send(
        new AttachRolePolicyCommand({ RoleName, PolicyArn: `arn:aws:iam::aws:policy/${name}` }),
      )
    }
    const absent = { name: 'NoSuchEntityException' }
    const read = new GetPolicyCommand({ PolicyArn: 'arn:aws:iam::aws:policy/AmazonSQSReadOnlyAccess' })
    await expect(rootOf(both.plain).send(read)).rejects.toMatchObject(absent)
    await expect(attaching(both.patched, 'AmazonSQSReadOnlyAccess')).resolves.toBeDefined()
    await expect(attaching(both.patched, 'job-function/Billing')).resolves.toBeDefined()
    await expect(attaching(both.patched, 'Billing')).rejects.toMatchObject(absent)
    await expect(attaching(both.patched, 'AdminstratorAccess')).rejects.toMatchObject(absent)
  })

  test('an update without a session duration resets it to an hour', async () => {
    const secondsOf = async (server: { endpoint: string }) => {
      const iam = rootOf(server)
      const RoleName = await createRole(server, { MaxSessionDuration: 7200 })
      await iam.send(new UpdateRoleCommand({ RoleName, Description: 'new' }))
      return (await iam.send(new GetRoleCommand({ RoleName }))).Role?.MaxSessionDuration
    }
    expect(await secondsOf(both.plain)).toBe(7200)
    expect(await secondsOf(both.patched)).toBe(3600)
  })

  test('white space of a trust policy does not count', async () => {
    const PolicyDocument = `${' '.repeat(2000)}${trust}`
    const RoleName = await createRole(both.patched)
    await rootOf(both.patched).send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument }))
    await rootOf(both.patched).send(new DeleteRoleCommand({ RoleName }))
  })
})

test('a topic whose policy requires TLS accepts messages that the sandbox sends over HTTP', async () => {
  const publish = async (server: { endpoint: string }) => {
    const version = { Version: '2010-03-31' }
    const made = await query(server, 'sns', { Action: 'CreateTopic', ...version, Name: 'over-tls' })
    const TopicArn = /<TopicArn>(.*)<\/TopicArn>/.exec(made)?.[1] ?? ''
    const Condition = { Bool: { 'aws:SecureTransport': 'false' } }
    const statement = { Effect: 'Deny', Principal: '*', Action: 'sns:Publish', Resource: TopicArn, Condition }
    const AttributeValue = JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
    const set = { Action: 'SetTopicAttributes', ...version, TopicArn, AttributeName: 'Policy', AttributeValue }
    await query(server, 'sns', set)
    return query(server, 'sns', { Action: 'Publish', ...version, TopicArn, Message: 'x' })
  }
  await expect(publish(both.plain)).rejects.toThrow(/AuthorizationError/)
  expect(await publish(both.patched)).toContain('MessageId')
})
