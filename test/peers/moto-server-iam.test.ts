/**
 * Single requests to IAM, sent to the sandbox's AWS and to moto. What AWS answers stands in the tables, from its
 * reference; `moto` says where moto holds to something else.
 */
import {
  AttachRolePolicyCommand,
  CreateOpenIDConnectProviderCommand,
  CreateRoleCommand,
  DeleteOpenIDConnectProviderCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  GetOpenIDConnectProviderCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  IAMServiceException,
  ListAttachedRolePoliciesCommand,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
  TagOpenIDConnectProviderCommand,
  TagRoleCommand,
  UntagOpenIDConnectProviderCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateOpenIDConnectProviderThumbprintCommand,
  UpdateRoleCommand,
} from '@aws-sdk/client-iam'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { account, rootCredentials } from '../../sandbox/account.ts'
import { startAws } from '../../sandbox/aws/server.ts'
import { python } from '../support/python.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { startMotoServer } from './moto-server.ts'

const reference = 'https://docs.aws.amazon.com/IAM/latest/APIReference/'
const guide = 'https://docs.aws.amazon.com/IAM/latest/UserGuide/'
const thumbprint = 'ab'.repeat(20)
const arn = (resource: string) => `arn:aws:iam::${account.id}:${resource}`
const s3 = 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'
const statement = { Effect: 'Allow', Principal: { Federated: arn('oidc-provider/a.example') } }
const trust = policy({ ...statement, Action: 'sts:AssumeRoleWithWebIdentity' })
const identity = policy({ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' })

function policy(...Statement: object[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement })
}

let servers: Record<'sandbox' | 'moto', IAMClient>
let close: () => Promise<void>
let count = 0

beforeAll(async () => {
  const directory = await temporaryDirectory()
  const [sandbox, moto] = await Promise.all([
    startAws({ python, directory: directory.path, environment: {}, auth: false }),
    startMotoServer(directory.path),
  ])
  const clientOf = ({ endpoint }: { endpoint: string }) =>
    new IAMClient({ endpoint, region: account.region, credentials: rootCredentials, maxAttempts: 1 })
  servers = { sandbox: clientOf(sandbox), moto: clientOf(moto) }
  close = async () => {
    await Promise.all([sandbox.close(), moto.close()])
    await directory.remove()
  }
})
afterAll(() => close())

/** What one request does to an account: a name of its own for the object, and what is found out in the end. */
type Does = (iam: IAMClient, name: string) => Promise<unknown>

interface Case {
  /** The page of the reference that decides. */
  readonly page: string
  readonly does: Does
  /** A part of the state afterwards, or the name of the error. */
  readonly aws: object | string
  /** What moto has instead, where it is not what the reference says. */
  readonly moto?: object | string
}

async function provider(iam: IAMClient, name: string, more: object = {}): Promise<string> {
  const made = await iam.send(
    new CreateOpenIDConnectProviderCommand({
      Url: `https://${name}.example`,
      ClientIDList: ['sts.amazonaws.com'],
      ThumbprintList: [thumbprint],
      ...more,
    }),
  )
  return made.OpenIDConnectProviderArn ?? ''
}

async function providerState(iam: IAMClient, OpenIDConnectProviderArn: string) {
  const observed = await iam.send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn }))
  const tags = (observed.Tags ?? []).map(({ Key, Value }) => `${Key}=${Value}`).sort()
  return { url: observed.Url, clientIds: observed.ClientIDList, thumbprints: observed.ThumbprintList, tags }
}

async function role(iam: IAMClient, RoleName: string, more: object = {}): Promise<void> {
  await iam.send(new CreateRoleCommand({ RoleName, Path: '/team/', AssumeRolePolicyDocument: trust, ...more }))
}

async function roleState(iam: IAMClient, RoleName: string) {
  const { Role } = await iam.send(new GetRoleCommand({ RoleName }))
  return {
    arn: Role?.Arn,
    trust: decodeURIComponent(Role?.AssumeRolePolicyDocument ?? ''),
    seconds: Role?.MaxSessionDuration,
    description: Role?.Description ?? '',
    boundary: Role?.PermissionsBoundary?.PermissionsBoundaryArn,
    tags: (Role?.Tags ?? []).map(({ Key, Value }) => `${Key}=${Value}`).sort(),
  }
}

/** A case that makes a provider and reads it back. */
const made =
  (more: (name: string) => object): Does =>
  async (iam, name) =>
    providerState(iam, await provider(iam, name, more(name)))

/** A case that changes a new role and reads it back. */
const changed =
  (change: Does, more: object = {}): Does =>
  async (iam, name) => {
    await role(iam, name, more)
    await change(iam, name)
    return roleState(iam, name)
  }

/** A case that changes a new provider and reads it back. */
const changedProvider =
  (change: Does, more: object = {}): Does =>
  async (iam, name) => {
    const providerArn = await provider(iam, name, more)
    await change(iam, providerArn)
    return providerState(iam, providerArn)
  }

/** The state that it gives back, `done`, or the error's name. */
async function outcome(does: Does, iam: IAMClient, name: string): Promise<unknown> {
  try {
    return (await does(iam, name)) ?? 'done'
  } catch (error) {
    if (error instanceof IAMServiceException) return error.name
    throw error
  }
}

const matching = (expected: object | string): unknown =>
  typeof expected === 'string' ? expected : expect.objectContaining(expected)

function check(cases: Record<string, Case>): void {
  for (const [what, { page, does, aws, moto }] of Object.entries(cases)) {
    test(`${what} (${page})`, async () => {
      count += 1
      const name = `n${count}`
      const [ours, theirs] = await Promise.all([
        outcome(does, servers.sandbox, name),
        outcome(does, servers.moto, name),
      ])
      expect(ours).toEqual(matching(aws))
      expect(theirs).toEqual(moto === undefined ? ours : matching(moto))
    })
  }
}

const createProvider = `${reference}API_CreateOpenIDConnectProvider.html`
const tags = `${reference}API_Tag.html`
const createRole = `${reference}API_CreateRole.html`
const updateTrust = `${reference}API_UpdateAssumeRolePolicy.html`

describe('making a provider', () => {
  check({
    'keeps its URL without the scheme, its client IDs and its thumbprints': {
      page: createProvider,
      does: made(() => ({ ClientIDList: ['a', 'b'], ThumbprintList: [thumbprint, 'cd'.repeat(20)] })),
      aws: { url: expect.stringMatching(/^n\d+\.example$/), clientIds: ['a', 'b'], tags: [] },
    },
    'keeps a slash at the end of its URL': {
      page: createProvider,
      does: made((name) => ({ Url: `https://${name}.example/path/` })),
      aws: { url: expect.stringMatching(/path\/$/) },
    },
    'needs neither client IDs nor thumbprints': {
      page: createProvider,
      does: made(() => ({ ClientIDList: undefined, ThumbprintList: undefined })),
      aws: { clientIds: [], thumbprints: [] },
    },
    'takes tags with every character that is allowed': {
      page: tags,
      does: made(() => ({ Tags: [{ Key: 'Ünit:a_b.c/d=e+f-g@h 1', Value: '' }] })),
      aws: { tags: ['Ünit:a_b.c/d=e+f-g@h 1='] },
    },
    'is refused with a URL of 256 characters': {
      page: createProvider,
      does: made((name) => ({ Url: `https://${name}.example/`.padEnd(256, 'x') })),
      aws: 'ValidationError',
    },
    'is refused with a URL that has a port': {
      page: `${guide}id_roles_providers_create_oidc.html`,
      does: made((name) => ({ Url: `https://${name}.example:443` })),
      aws: 'ValidationError',
      moto: { url: expect.stringMatching(/:443$/) },
    },
    'is refused with a URL without TLS': {
      page: createProvider,
      does: made((name) => ({ Url: `http://${name}.example` })),
      aws: 'ValidationError',
      moto: { url: expect.stringMatching(/\.example$/) },
    },
    'is refused with a client ID of 256 characters': {
      page: createProvider,
      does: made(() => ({ ClientIDList: ['x'.repeat(256)] })),
      aws: 'ValidationError',
    },
    'is refused with 101 client IDs': {
      page: createProvider,
      does: made(() => ({ ClientIDList: Array.from({ length: 101 }, (_, index) => `client-${index}`) })),
      aws: 'LimitExceededException',
    },
    'is refused with six thumbprints': {
      page: createProvider,
      does: made(() => ({ ThumbprintList: Array(6).fill(thumbprint) })),
      aws: 'InvalidInputException',
    },
    'is refused with a thumbprint of 39 characters': {
      page: createProvider,
      does: made(() => ({ ThumbprintList: [thumbprint.slice(1)] })),
      aws: 'ValidationError',
      moto: { thumbprints: [thumbprint.slice(1)] },
    },
    'is refused with a tag key of 129 characters': {
      page: tags,
      does: made(() => ({ Tags: [{ Key: 'x'.repeat(129), Value: '' }] })),
      aws: 'ValidationError',
    },
    'is refused with a tag value of 257 characters': {
      page: tags,
      does: made(() => ({ Tags: [{ Key: 'x', Value: 'x'.repeat(257) }] })),
      aws: 'ValidationError',
    },
    'is refused with a star in a tag': {
      page: tags,
      does: made(() => ({ Tags: [{ Key: 'a*', Value: '' }] })),
      aws: 'ValidationError',
    },
    'is refused with 51 tags': {
      page: createProvider,
      does: made(() => ({ Tags: Array.from({ length: 51 }, (_, index) => ({ Key: `k${index}`, Value: '' })) })),
      aws: 'ValidationError',
    },
    'is refused a second time': {
      page: createProvider,
      does: async (iam, name) => {
        await provider(iam, name)
        await provider(iam, name, { ThumbprintList: [] })
      },
      aws: 'EntityAlreadyExistsException',
    },
  })
})

describe('changing a provider', () => {
  const thumbprintsOf = (OpenIDConnectProviderArn: string, ThumbprintList: string[]) =>
    new UpdateOpenIDConnectProviderThumbprintCommand({ OpenIDConnectProviderArn, ThumbprintList })
  const tag = (OpenIDConnectProviderArn: string, Key: string, Value: string) =>
    new TagOpenIDConnectProviderCommand({ OpenIDConnectProviderArn, Tags: [{ Key, Value }] })
  check({
    'replaces the whole list of thumbprints': {
      page: `${reference}API_UpdateOpenIDConnectProviderThumbprint.html`,
      does: changedProvider((iam, of) => iam.send(thumbprintsOf(of, ['cd'.repeat(20)]))),
      aws: { thumbprints: ['cd'.repeat(20)] },
    },
    'is refused with six thumbprints': {
      page: `${reference}API_UpdateOpenIDConnectProviderThumbprint.html`,
      does: changedProvider((iam, of) => iam.send(thumbprintsOf(of, Array(6).fill(thumbprint)))),
      aws: 'InvalidInputException',
      moto: { thumbprints: Array(6).fill(thumbprint) },
    },
    'gives a tag another value': {
      page: `${reference}API_TagOpenIDConnectProvider.html`,
      does: changedProvider((iam, of) => iam.send(tag(of, 'a', '2')), { Tags: [{ Key: 'a', Value: '1' }] }),
      aws: { tags: ['a=2'] },
    },
    'tells tag keys of different case apart': {
      page: `${guide}id_tags.html`,
      does: changedProvider((iam, of) => iam.send(tag(of, 'A', '2')), { Tags: [{ Key: 'a', Value: '1' }] }),
      aws: { tags: ['A=2', 'a=1'] },
      moto: { tags: ['A=2'] },
    },
    'takes a tag away, and one that is not there': {
      page: `${reference}API_UntagOpenIDConnectProvider.html`,
      does: changedProvider(
        (iam, OpenIDConnectProviderArn) =>
          iam.send(new UntagOpenIDConnectProviderCommand({ OpenIDConnectProviderArn, TagKeys: ['a', 'absent'] })),
        { Tags: [{ Key: 'a', Value: '1' }] },
      ),
      aws: { tags: [] },
    },
    'is refused when it is not there': {
      page: `${reference}API_UpdateOpenIDConnectProviderThumbprint.html`,
      does: (iam) => iam.send(thumbprintsOf(arn('oidc-provider/absent'), [thumbprint])),
      aws: 'NoSuchEntityException',
    },
    'ends with its deletion, which succeeds when it is not there, too': {
      page: `${reference}API_DeleteOpenIDConnectProvider.html`,
      does: async (iam, name) => {
        const deletion = { OpenIDConnectProviderArn: await provider(iam, name) }
        await iam.send(new DeleteOpenIDConnectProviderCommand(deletion))
        await iam.send(new DeleteOpenIDConnectProviderCommand(deletion))
        return providerState(iam, deletion.OpenIDConnectProviderArn)
      },
      aws: 'NoSuchEntityException',
    },
  })
})

describe('making and changing a role', () => {
  const trustOf = (RoleName: string, PolicyDocument: string) =>
    new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument })
  check({
    'keeps path, trust, boundary, session, description and tags': {
      page: createRole,
      does: changed(async () => {}, {
        MaxSessionDuration: 7200,
        Description: 'what for',
        PermissionsBoundary: s3,
        Tags: [{ Key: 'a', Value: '1' }],
      }),
      aws: {
        arn: expect.stringMatching(/:role\/team\/n\d+$/),
        trust,
        seconds: 7200,
        description: 'what for',
        boundary: s3,
        tags: ['a=1'],
      },
    },
    'is refused a second time, under any path': {
      page: createRole,
      does: async (iam, name) => {
        await role(iam, name)
        await role(iam, name, { Path: '/other/' })
      },
      aws: 'EntityAlreadyExistsException',
    },
    'is refused with a name that has a blank': {
      page: createRole,
      does: (iam, name) => role(iam, `${name} b`),
      aws: 'ValidationError',
      moto: 'done',
    },
    'is refused with a trust policy that is no JSON': {
      page: updateTrust,
      does: changed((iam, name) => iam.send(trustOf(name, '{'))),
      aws: 'MalformedPolicyDocumentException',
    },
    'is refused with a trust policy without a principal': {
      page: updateTrust,
      does: changed((iam, name) => iam.send(trustOf(name, identity))),
      aws: 'MalformedPolicyDocumentException',
    },
    'may trust a provider that is not there': {
      page: createRole,
      does: changed((iam, name) => iam.send(trustOf(name, trust.replace('a.example', 'never.example')))),
      aws: { trust: trust.replace('a.example', 'never.example') },
    },
    'sets the session to an hour when only the description is changed': {
      page: `${reference}API_UpdateRole.html`,
      does: changed((iam, RoleName) => iam.send(new UpdateRoleCommand({ RoleName, Description: 'new' })), {
        MaxSessionDuration: 7200,
      }),
      aws: { seconds: 3600, description: 'new' },
    },
    'puts another boundary in the place of one': {
      page: `${reference}API_PutRolePermissionsBoundary.html`,
      does: changed((iam, RoleName) =>
        iam.send(new PutRolePermissionsBoundaryCommand({ RoleName, PermissionsBoundary: s3 })),
      ),
      aws: { boundary: s3 },
    },
    'takes tag keys of different case for the same': {
      page: `${guide}id_tags.html`,
      does: changed((iam, RoleName) => iam.send(new TagRoleCommand({ RoleName, Tags: [{ Key: 'A', Value: '2' }] })), {
        Tags: [{ Key: 'a', Value: '1' }],
      }),
      aws: { tags: ['A=2'] },
      moto: { tags: ['A=2', 'a=1'] },
    },
    'is refused when it is not there': {
      page: `${reference}API_UpdateRole.html`,
      does: (iam, RoleName) => iam.send(new UpdateRoleCommand({ RoleName, Description: 'new' })),
      aws: 'NoSuchEntityException',
    },
    'cannot be deleted while a policy is attached': {
      page: `${reference}API_DeleteRole.html`,
      does: changed(async (iam, RoleName) => {
        await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: s3 }))
        await iam.send(new DeleteRoleCommand({ RoleName }))
      }),
      aws: 'DeleteConflictException',
    },
    'cannot be deleted while it has an inline policy': {
      page: `${reference}API_DeleteRole.html`,
      does: changed(async (iam, RoleName) => {
        await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'p', PolicyDocument: identity }))
        await iam.send(new DeleteRoleCommand({ RoleName }))
      }),
      aws: 'DeleteConflictException',
    },
  })
})

describe('policies of a role', () => {
  const attach = (RoleName: string, PolicyArn: string) => new AttachRolePolicyCommand({ RoleName, PolicyArn })
  const put = (RoleName: string, PolicyDocument: string) =>
    new PutRolePolicyCommand({ RoleName, PolicyName: 'p', PolicyDocument })
  const attached = async (iam: IAMClient, RoleName: string) => {
    const { AttachedPolicies } = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }))
    return { attached: AttachedPolicies?.map((each) => each.PolicyArn) }
  }
  check({
    'are attached once, however often it is asked': {
      page: `${reference}API_AttachRolePolicy.html`,
      does: async (iam, name) => {
        await role(iam, name)
        await iam.send(attach(name, s3))
        await iam.send(attach(name, s3))
        return attached(iam, name)
      },
      aws: { attached: [s3] },
    },
    'are detached, and not a second time': {
      page: `${reference}API_DetachRolePolicy.html`,
      does: async (iam, RoleName) => {
        await role(iam, RoleName)
        await iam.send(attach(RoleName, s3))
        await iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn: s3 }))
        expect(await attached(iam, RoleName)).toEqual({ attached: [] })
        await iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn: s3 }))
      },
      aws: 'NoSuchEntityException',
    },
    'are attached by their ARN, whatever AWS has them for': {
      page: 'https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonSQSReadOnlyAccess.html',
      does: async (iam, name) => {
        await role(iam, name)
        await iam.send(attach(name, 'arn:aws:iam::aws:policy/AmazonSQSReadOnlyAccess'))
        return attached(iam, name)
      },
      aws: { attached: ['arn:aws:iam::aws:policy/AmazonSQSReadOnlyAccess'] },
    },
    'are not attached when they are not there': {
      page: `${reference}API_AttachRolePolicy.html`,
      does: changed((iam, name) => iam.send(attach(name, arn('policy/absent')))),
      aws: 'NoSuchEntityException',
    },
    'are not attached when AWS has none of that name': {
      page: `${reference}API_AttachRolePolicy.html`,
      does: changed((iam, name) => iam.send(attach(name, 'arn:aws:iam::aws:policy/AdminstratorAccess'))),
      aws: 'NoSuchEntityException',
    },
    'are read as they were written': {
      page: `${reference}API_GetRolePolicy.html`,
      does: async (iam, RoleName) => {
        await role(iam, RoleName)
        await iam.send(put(RoleName, JSON.stringify(JSON.parse(identity), null, 2)))
        const { PolicyDocument = '' } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName: 'p' }))
        return { document: decodeURIComponent(PolicyDocument) }
      },
      aws: { document: JSON.stringify(JSON.parse(identity), null, 2) },
    },
    'are refused when they are no JSON': {
      page: `${reference}API_PutRolePolicy.html`,
      does: changed((iam, name) => iam.send(put(name, '{'))),
      aws: 'MalformedPolicyDocumentException',
    },
    'are refused with a principal': {
      page: `${reference}API_PutRolePolicy.html`,
      does: changed((iam, name) => iam.send(put(name, trust))),
      aws: 'MalformedPolicyDocumentException',
    },
    'are not deleted when they are not there': {
      page: `${reference}API_DeleteRolePolicy.html`,
      does: changed((iam, RoleName) => iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: 'p' }))),
      aws: 'NoSuchEntityException',
    },
  })
})
