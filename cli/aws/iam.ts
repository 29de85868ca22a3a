/** Reads of the account's IAM. */
import {
  GetAccountSummaryCommand,
  GetRoleCommand,
  GetUserCommand,
  IAMClient,
  ListOpenIDConnectProvidersCommand,
} from '@aws-sdk/client-iam'
import { type AwsSettings, unlessAbsent, unlessDenied } from './settings.ts'

export interface RoleCount {
  readonly count: number
  readonly quota: number
}

/**
 * The roles of the account and their quota, or `denied`. https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountSummary.html
 *
 * @throws {CommandError} when the credentials are missing or not valid
 */
export async function countRoles(settings: AwsSettings): Promise<RoleCount | 'denied'> {
  const answer = new IAMClient(settings).send(new GetAccountSummaryCommand({}))
  const read = await unlessDenied(settings, 'the summary of the account', answer)
  if (read === 'denied') return read
  const { Roles: count, RolesQuota: quota } = read.SummaryMap ?? {}
  return count === undefined || quota === undefined ? 'denied' : { count, quota }
}

/**
 * The number of OIDC providers of the account, or `denied`. The account summary also counts SAML providers.
 *
 * @throws {CommandError} when the credentials are missing or not valid
 */
export async function countProviders(settings: AwsSettings): Promise<number | 'denied'> {
  const answer = new IAMClient(settings).send(new ListOpenIDConnectProvidersCommand({}))
  const read = await unlessDenied(settings, 'the list of OIDC providers', answer)
  return read === 'denied' ? read : (read.OpenIDConnectProviderList?.length ?? 0)
}

export interface NamedIdentity {
  readonly kind: 'role' | 'user'
  readonly name: string
}

export type IdentityRead = { readonly id: string } | 'absent' | 'denied'

/**
 * The unique ID of a role or user of the account.
 *
 * @throws {CommandError} when the credentials are missing or not valid
 */
export function readIdentity(settings: AwsSettings, identity: NamedIdentity): Promise<IdentityRead> {
  const answer = idOf(new IAMClient(settings), identity)
  return unlessDenied(settings, `the ${identity.kind} ${identity.name}`, unlessAbsent('NoSuchEntityException', answer))
}

async function idOf(client: IAMClient, { kind, name }: NamedIdentity): Promise<{ readonly id: string }> {
  if (kind === 'role') return { id: (await client.send(new GetRoleCommand({ RoleName: name }))).Role?.RoleId ?? '' }
  return { id: (await client.send(new GetUserCommand({ UserName: name }))).User?.UserId ?? '' }
}
