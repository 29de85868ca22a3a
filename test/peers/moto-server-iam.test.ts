/**
 * Single requests to IAM, sent to the sandbox's AWS and to moto. The table has the results of AWS, from its reference, and
 * moto's results that differ. test/sandbox/aws/iam.test.ts has the other requests.
 */
import {
  CreateOpenIDConnectProviderCommand,
  GetOpenIDConnectProviderCommand,
  IAMClient,
  IAMServiceException,
  TagOpenIDConnectProviderCommand,
  UpdateOpenIDConnectProviderThumbprintCommand,
} from '@aws-sdk/client-iam'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { account, rootCredentials } from '../../sandbox/account.ts'
import { startAws } from '../../sandbox/aws/server.ts'
import { python } from '../support/python.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { startMotoServer } from './moto-server.ts'

const reference = 'https://docs.aws.amazon.com/IAM/latest/APIReference/'
const thumbprint = 'ab'.repeat(20)

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

interface Case {
  readonly what: string
  /** The page of the reference. */
  readonly page: string
  /** The parameters of the provider's creation. */
  readonly parameters: object
  readonly change?: (iam: IAMClient, providerArn: string) => Promise<unknown>
  /** A part of the state afterwards, or the name of the error. */
  readonly aws: object | string
  /** moto's result, where it differs from the reference. */
  readonly moto?: object | string
}

/** The provider afterwards, or the error's name. */
async function outcome(iam: IAMClient, { parameters, change }: Case, name: string): Promise<unknown> {
  try {
    const { OpenIDConnectProviderArn = '' } = await iam.send(
      new CreateOpenIDConnectProviderCommand({
        Url: `https://${name}.example`,
        ThumbprintList: [thumbprint],
        ...parameters,
      }),
    )
    await change?.(iam, OpenIDConnectProviderArn)
    const { Tags = [], ThumbprintList } = await iam.send(
      new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn }),
    )
    return { thumbprints: ThumbprintList, tags: Tags.map(({ Key, Value }) => `${Key}=${Value}`) }
  } catch (error) {
    if (error instanceof IAMServiceException) return error.name
    throw error
  }
}

const matching = (expected: object | string): unknown =>
  typeof expected === 'string' ? expected : expect.objectContaining(expected)

const create = `${reference}API_CreateOpenIDConnectProvider.html`
const six = Array<string>(6).fill(thumbprint)

test.each<Case>([
  {
    what: 'accepts tags with all allowed characters',
    page: `${reference}API_Tag.html`,
    parameters: { Tags: [{ Key: 'Ünit:a_b.c/d=e+f-g@h 1', Value: '' }] },
    aws: { tags: ['Ünit:a_b.c/d=e+f-g@h 1='] },
  },
  {
    what: 'is refused with 101 client IDs',
    page: create,
    parameters: { ClientIDList: Array.from({ length: 101 }, (_, index) => `client-${index}`) },
    aws: 'LimitExceededException',
  },
  {
    what: 'is refused with 51 tags',
    page: create,
    parameters: { Tags: Array.from({ length: 51 }, (_, index) => ({ Key: `k${index}`, Value: '' })) },
    aws: 'ValidationError',
  },
  {
    what: 'is refused an update to six thumbprints',
    page: `${reference}API_UpdateOpenIDConnectProviderThumbprint.html`,
    parameters: {},
    change: (iam, OpenIDConnectProviderArn) =>
      iam.send(new UpdateOpenIDConnectProviderThumbprintCommand({ OpenIDConnectProviderArn, ThumbprintList: six })),
    aws: 'InvalidInputException',
    moto: { thumbprints: six },
  },
  {
    what: 'gets another value of a tag',
    page: `${reference}API_TagOpenIDConnectProvider.html`,
    parameters: { Tags: [{ Key: 'a', Value: '1' }] },
    change: (iam, OpenIDConnectProviderArn) =>
      iam.send(new TagOpenIDConnectProviderCommand({ OpenIDConnectProviderArn, Tags: [{ Key: 'a', Value: '2' }] })),
    aws: { tags: ['a=2'] },
  },
])('a provider $what ($page)', async (one) => {
  count += 1
  const [ours, theirs] = await Promise.all([
    outcome(servers.sandbox, one, `n${count}`),
    outcome(servers.moto, one, `n${count}`),
  ])
  expect(ours).toEqual(matching(one.aws))
  expect(theirs).toEqual(one.moto === undefined ? ours : matching(one.moto))
})
