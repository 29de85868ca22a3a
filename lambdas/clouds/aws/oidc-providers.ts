/** The OIDC providers of IAM. AWS errors become step errors: see errors.ts. */
import {
  AddClientIDToOpenIDConnectProviderCommand,
  CreateOpenIDConnectProviderCommand,
  DeleteOpenIDConnectProviderCommand,
  GetOpenIDConnectProviderCommand,
  type IAMClient,
  NoSuchEntityException,
  TagOpenIDConnectProviderCommand,
  UntagOpenIDConnectProviderCommand,
  UpdateOpenIDConnectProviderThumbprintCommand,
} from '@aws-sdk/client-iam'
import { responseText } from './clients/aws-responses.ts'
import { errorOf, orStepError } from './errors.ts'
import { fromTagList, type Tags, toTagList } from './tags.ts'

export interface ProviderRef {
  /** The ARN of an existing or a planned provider. */
  readonly arn: string
  /** The client for the account of the provider. */
  readonly iam: IAMClient
  readonly signal: AbortSignal
}

/** The desired or the observed state of an OIDC provider. */
export interface ProviderState {
  readonly thumbprints: readonly string[]
  readonly clientIds: readonly string[]
  readonly tags: Tags
}

export interface ObservedProvider extends ProviderState {
  readonly createdAt?: string
  /** Trusted identity propagation, as `SubjectSourceKey sub, SourceKey groups`. Only other writers configure it. */
  readonly contextProvider?: string
}

/** Returns undefined when the provider does not exist. */
export async function readProvider({ arn, iam, signal }: ProviderRef): Promise<ObservedProvider | undefined> {
  const command = new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn })
  const text = responseText(command)
  try {
    const observed = await iam.send(command, { abortSignal: signal })
    const contextProvider = contextProviderIn(text())
    return {
      thumbprints: observed.ThumbprintList ?? [],
      clientIds: observed.ClientIDList ?? [],
      tags: fromTagList(observed.Tags),
      ...(observed.CreateDate && { createdAt: observed.CreateDate.toISOString() }),
      ...(contextProvider !== '' && { contextProvider }),
    }
  } catch (error) {
    if (error instanceof NoSuchEntityException) return undefined
    throw errorOf(error, { action: 'iam:GetOpenIDConnectProvider', resource: arn })
  }
}

/**
 * The values of a ContextProvider in a response, whose keys contain no characters that XML escapes. client-iam returns
 * the element from 3.1178 on: https://docs.aws.amazon.com/IAM/latest/APIReference/API_ContextProvider.html
 */
const contextElement =
  /<(SubjectSourceKey|SubjectTypeValue|SubjectTypeSourceKey|SourceKey|TargetKey|IdentityCenterInstanceArn)>([^<]*)</g

function contextProviderIn(xml: string): string {
  return [...xml.matchAll(contextElement)].map(([, key, value]) => `${key} ${value}`).join(', ')
}

export async function createProvider(
  { arn, iam, signal }: ProviderRef,
  issuerUrl: string,
  provider: ProviderState,
): Promise<void> {
  const command = new CreateOpenIDConnectProviderCommand({
    Url: issuerUrl,
    ThumbprintList: [...provider.thumbprints],
    ClientIDList: [...provider.clientIds],
    Tags: toTagList(provider.tags),
  })
  const limit = 'an account holds 100 OIDC providers unless its quota was raised'
  await orStepError(
    { action: 'iam:CreateOpenIDConnectProvider', resource: arn, limit },
    iam.send(command, { abortSignal: signal }),
  )
}

export async function tagProvider({ arn, iam, signal }: ProviderRef, tags: ProviderState['tags']): Promise<void> {
  const command = new TagOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn, Tags: toTagList(tags) })
  await orStepError(
    { action: 'iam:TagOpenIDConnectProvider', resource: arn, limit: 'a provider holds 50 tags' },
    iam.send(command, { abortSignal: signal }),
  )
}

/** Replaces the complete list of thumbprints. */
export async function replaceThumbprints(
  { arn, iam, signal }: ProviderRef,
  thumbprints: readonly string[],
): Promise<void> {
  const command = new UpdateOpenIDConnectProviderThumbprintCommand({
    OpenIDConnectProviderArn: arn,
    ThumbprintList: [...thumbprints],
  })
  await orStepError(
    { action: 'iam:UpdateOpenIDConnectProviderThumbprint', resource: arn },
    iam.send(command, { abortSignal: signal }),
  )
}

/** Does nothing when the provider has the client ID already. */
export async function addClientId({ arn, iam, signal }: ProviderRef, clientId: string): Promise<void> {
  const command = new AddClientIDToOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn, ClientID: clientId })
  await orStepError(
    {
      action: 'iam:AddClientIDToOpenIDConnectProvider',
      resource: arn,
      limit: 'a provider holds 100 client IDs',
    },
    iam.send(command, { abortSignal: signal }),
  )
}

/** Ignores keys of tags that the provider does not have. */
export async function untagProvider({ arn, iam, signal }: ProviderRef, keys: readonly string[]): Promise<void> {
  const command = new UntagOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn, TagKeys: [...keys] })
  await orStepError(
    { action: 'iam:UntagOpenIDConnectProvider', resource: arn },
    iam.send(command, { abortSignal: signal }),
  )
}

/** Does nothing when the provider does not exist. */
export async function deleteProvider({ arn, iam, signal }: ProviderRef): Promise<void> {
  const command = new DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn })
  await orStepError(
    { action: 'iam:DeleteOpenIDConnectProvider', resource: arn },
    iam.send(command, { abortSignal: signal }),
  )
}
